"""Events as lines for people to read, and the way out for them."""

import unicodedata
from secrets import token_hex
from typing import NamedTuple

from pydantic_core import from_json

from chat.connection.writers import SocketWriter
from chat.protocol import Frame
from chat.rules.errors import CloseCode

# What a message's further lines begin with: none can pass for a line of somebody else.
INDENT = "  "
CONTROL_PICTURES = 0x2400
# Characters that turn or enclose the direction of what comes (Unicode's Bidi_Control without the
# marks): a text in them could stand before its author's name.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class Line:
    """A line on its way: a frame to who writes it, kept packed for the next reader.

    `about` is whom it tells of, by id.
    """

    __slots__ = ("about", "packed", "text")

    def __init__(self, text: str, about: str | None = None):
        self.text = text
        self.about = about
        self.packed: bytes | None = None


class Telling(NamedTuple):
    """An event and the lines that it is told in."""

    event: dict
    lines: list[Line]


def read(events: tuple[str, ...]) -> list[Telling]:
    """Give encoded events with their lines: those that say something to a reader of lines."""
    return [Telling(event, lines_of(event)) for event in map(from_json, events)]


def lines_of(event: dict) -> list[Line]:
    """Give what an event is told in."""
    match event["type"]:
        case "message":
            return [saying(event["message"])]
        case "presence":
            joined = [Line(f"* {user['name']} connected", user["id"]) for user in event["joined"]]
            left = [Line(f"* {user['name']} disconnected", user["id"]) for user in event["left"]]
            return joined + left
        case "error":
            return [refusal(event)]
    return []


def saying(message: dict) -> Line:
    """Give the line of a message."""
    author = message["author"]
    return Line(f"{author['name']}: {shown(message['body'])}", author["id"])


def refusal(error: dict) -> Line:
    """Give the line of an error event."""
    return Line(f"! {error['message']}")


def shown(body: str) -> str:
    """Give a text as a terminal may show it.

    Its lines but the first are indented, and characters that would steer the terminal (move the
    cursor, clear the screen, set the title, turn the direction) are shown as pictures.
    """
    return f"\n{INDENT}".join(map(_harmless, body.splitlines()))


def _harmless(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(map(_picture, line))


def _picture(character: str) -> str:
    steers = unicodedata.category(character) == "Cc" or character in TURNS
    if not steers or character == "\t":
        return character
    return chr(CONTROL_PICTURES + ord(character)) if character < " " else "\ufffd"


class LineWriter(SocketWriter):
    """Writes what a reader of lines wants to know of each event, one frame a line.

    Nothing before `begin`; until then `answers` keeps what comes with an id, which only what the
    door itself asks has.
    """

    def __init__(self, *line):
        super().__init__(*line)
        self.answers: dict[str, dict] = {}
        self.own_ids = f"line-{token_hex(8)}-"  # what the ids of this reader's messages begin with
        self._user: str | None = None
        self._seq = 0
        self._epoch: str | None = None
        self._skipped: set[int] = set()

    def begin(self, user: str, line: Line) -> None:
        """Tell `user`, by id, everything from now on, after a first line."""
        self._user = user
        self.tell(line)

    def tell(self, line: Line) -> None:
        """Send one line."""
        super().write(line)

    def write(self, frame: Frame) -> bool:
        for telling in frame.made(read, read):
            self._take(*telling)
        return not self.blocked

    def _take(self, event: dict, lines: list[Line]) -> None:
        if event["type"] == "joined":
            self._joined(event)
        elif event["type"] == "message":
            self._say(event["message"], *lines)
        elif event["type"] == "left":
            # The room was deleted: an error has said so.
            self.close(CloseCode.MALFORMED)
        elif not self._keep(event):
            self._pass_on(lines)

    def _keep(self, event: dict) -> bool:
        """Keep an answer to what the door asked, if it is one."""
        is_answer = self._user is None and "id" in event
        if is_answer:
            self.answers[event["id"]] = event
        return is_answer

    def _joined(self, event: dict) -> None:
        room = event["room"]
        is_older = room["epoch"] != self._epoch and room["seq"] < self._seq
        self._epoch = room["epoch"]
        if self._user is None or is_older:
            # A log that is behind what was read has come from a backup: there one goes on.
            self._seq = room["seq"]
            self._skipped.clear()
            self._keep(event)
            return
        # It fell far behind and begins anew, from the newest page where too much was missed.
        missed = sorted(event["messages"], key=lambda message: message["seq"])
        if event["reset"] and missed:
            first = missed[0]["seq"]
            self._skipped = {seq for seq in self._skipped if seq >= first}
            self._seq = max(self._seq, first - 1)
        for message in missed:
            self._say(message, saying(message))

    def _say(self, message: dict, line: Line) -> None:
        """Tell a message, but no deleted one and no old one that was changed."""
        own = line.about == self._user and message["id"].startswith(self.own_ids)
        if self._is_new(message["seq"]) and self._user and not own and not message["deleted"]:
            self.tell(line)

    def _is_new(self, seq: int) -> bool:
        if seq > self._seq:
            # One that was changed comes behind those that were written before the change.
            self._skipped.update(range(self._seq + 1, seq))
            self._seq = seq
            return True
        if seq in self._skipped:
            self._skipped.remove(seq)
            return True
        return False

    def _pass_on(self, lines: list[Line]) -> None:
        for line in lines:
            # What is no answer and comes before anything else is a refusal of this very client.
            if line.about is None or (self._user and line.about != self._user):
                self.tell(line)
