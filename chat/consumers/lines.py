"""Events as lines of text for people, and the writer that sends them."""

from datetime import UTC, datetime
from secrets import token_hex
from typing import NamedTuple

from pydantic_core import from_json

from chat.connection.position import Position
from chat.connection.writers import SocketWriter
from chat.protocol import Frame
from chat.rules.errors import CloseCode
from chat.rules.sentences import in_a_sentence
from chat.rules.text import originals_in, quote_of, terminal_text

# Of so many messages a reader's last edits are known exactly.
EDITS_KEPT = 1000
ROOM_EVENTS = {"message", "presence"}


class TextLine:
    """A line to send, in the place of a Frame for a SocketWriter: packed once for all readers.

    `about` is the id of the person it is about, if any: they do not get it themselves.
    """

    __slots__ = ("about", "packed", "text")

    def __init__(self, text: str, about: str | None = None):
        self.text = text
        self.about = about
        self.packed: bytes | None = None


class EventWithLines(NamedTuple):
    """An event and the lines that show it."""

    event: dict
    lines: list[TextLine]


def read_events(events: tuple[str, ...]) -> list[EventWithLines]:
    """Return encoded events, decoded, each with its lines; most kinds of events have none."""
    return [EventWithLines(event, lines_of(event)) for event in map(from_json, events)]


def lines_of(event: dict) -> list[TextLine]:
    """Return the lines that show an event."""
    match event["type"]:
        case "message":
            return lines_of_message(event["message"], originals_in(event))
        case "presence":
            joined = [_presence_line(user, "connected") for user in event["joined"]]
            left = [_presence_line(user, "disconnected") for user in event["left"]]
            return joined + left
        case "error":
            return [error_line(event)]
    return []


def lines_of_message(message: dict, originals: dict[int, dict]) -> list[TextLine]:
    """Return the line of a message, and the one of its change where it was edited or deleted."""
    return [message_line(message, originals), *filter(None, [change_line(message)])]


def message_line(message: dict, originals: dict[int, dict]) -> TextLine:
    """Return the line of a message; of a reply, behind a line with what it replies to."""
    author, original = message["author"], originals.get(message.get("reply_to"))
    line = f"{author['name']}: {terminal_text(message['body'])}"
    return TextLine(f"{quote_of(original)}\n{line}" if original else line, author["id"])


def change_line(message: dict) -> TextLine | None:
    """Return the line that tells of a deletion or an edit, None where there was neither."""
    name = message["author"]["name"]
    if message["deleted"]:
        return TextLine(f"* {in_a_sentence(name)} deleted a message")
    if message["edited_at"]:
        return TextLine(f"{name} (edited): {terminal_text(message['body'])}")
    return None


def _presence_line(user: dict, change: str) -> TextLine:
    return TextLine(f"* {in_a_sentence(user['name'])} {change}", user["id"])


def error_line(error: dict) -> TextLine:
    """Return the line of an error event."""
    return TextLine(f"! {error['message']}")


class Edits:
    """Which edits of a room's messages a reader knows: those told, and those from before."""

    def __init__(self):
        self._begun = datetime.now(UTC)
        self._told: dict[int, datetime] = {}

    def add(self, message: dict) -> bool:
        """Note a message as it is now; return whether its last edit is new to the reader."""
        if message["edited_at"] is None:
            return False
        edited, seq = datetime.fromisoformat(message["edited_at"]), message["seq"]
        is_new = edited > self._told.get(seq, self._begun)
        if is_new:
            if len(self._told) == EDITS_KEPT:
                self._begun = self._told.pop(next(iter(self._told)))
            self._told[seq] = edited
        return is_new


class LineWriter(SocketWriter):
    """Sends the lines of each event that concern its reader, one frame a line.

    It sends nothing but errors before `begin`. Until then it keeps the events with an id in
    `replies`: they answer the commands that the consumer itself sends. What comes meanwhile in the
    room that was joined waits.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.replies: dict[str, dict] = {}
        self.own_ids = f"line-{token_hex(8)}-"  # the prefix of the ids of this reader's messages
        self._user: str | None = None
        self._waiting: list[EventWithLines] = []
        self._position = Position()
        # Up to this version of the room changes are known.
        self._version = 0
        self._edits = Edits()

    def begin(self, user: str, *lines: TextLine) -> None:
        """Send `user`, an id, some lines first, then everything since the room was joined."""
        self._user = user
        for line in lines:
            self.write_line(line)
        for event in self._waiting:
            self._receive(*event)
        self._waiting.clear()

    def write_line(self, line: TextLine) -> None:
        """Send one line."""
        super().write(line)

    def write(self, frame: Frame) -> bool:
        for event, lines in frame.made(read_events, read_events):
            self._receive(event, lines)
        return not self.blocked

    def _receive(self, event: dict, lines: list[TextLine]) -> None:
        if event["type"] in ROOM_EVENTS and self._user is None:
            self._waiting.append(EventWithLines(event, lines))
        elif event["type"] == "joined":
            self._joined(event)
        elif event["type"] == "message":
            self._write_message(event["message"], *lines)
            self._version = event["version"]
        elif event["type"] == "left":
            # An error event said before that the room was deleted, or may not be read any more.
            if "reason" not in event:
                self.write_line(TextLine("* You left the room"))
            self.close(CloseCode.MALFORMED)
        elif not self._keep_reply(event):
            self._write_for_reader(lines)

    def _keep_reply(self, event: dict) -> bool:
        """Keep a reply to one of the consumer's own commands; return whether the event is one."""
        is_reply = self._user is None and "id" in event
        if is_reply:
            self.replies[event["id"]] = event
        return is_reply

    def _joined(self, event: dict) -> None:
        room = event["room"]
        before, self._version = self._version, room["version"]
        if self._user is None:
            self._position.begin(room["epoch"], room["seq"])
            self._keep_reply(event)
            return
        # The reader lagged and was synchronised: with all that it missed, or (`reset`), where
        # that was too much, with the newest page.
        missed = sorted(event["messages"], key=lambda message: message["seq"])
        oldest = missed[0]["seq"] if event["reset"] and missed else None
        if self._position.resynchronise(room["epoch"], room["seq"], oldest):
            # A page has old changes too, and does not say which are new.
            self._version = room["version"] if event["reset"] else before
            originals = originals_in(event)
            for message in missed:
                self._write_message(message, *lines_of_message(message, originals))
            self._version = room["version"]

    def _write_message(self, message: dict, line: TextLine, change: TextLine | None = None) -> None:
        """Send a message, or the change of one that was received before.

        A new one is not sent where it is deleted, or what the reader wrote here.
        """
        is_own = line.about == self._user and message["id"].startswith(self.own_ids)
        is_new, is_edited = self._position.is_new(message["seq"]), self._edits.add(message)
        if is_new:
            if not is_own and not message["deleted"]:
                self.write_line(line)
        elif message["version"] > self._version and (message["deleted"] or is_edited):
            self.write_line(change)

    def _write_for_reader(self, lines: list[TextLine]) -> None:
        """Send lines about others, and errors, which refuse this very client."""
        for line in lines:
            if line.about is None or line.about != self._user:
                self.write_line(line)
