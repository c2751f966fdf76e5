"""A client of the plain-text socket: the lines that it reads of a room, from its join on."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator

from chat.live.server import ChatServer
from tests.fuzz.model import Message, Person, Room, Site
from tests.fuzz.web import through
from tests.support.sockets import communicator
from tests.support.terminals import Terminal

DEADLINE = 10.0
GLANCE = 0.002
EDITED, DELETED = " (edited)", " deleted a message"


class TerminalTab:
    """A guest's terminal in one room.

    Lines have no versions: what is deleted before it is sent is not sent. What was sent and changes
    later is told by another line."""

    def __init__(self, person: Person, server: ChatServer, room: Room):
        self.person, self.server, self.room = person, server, room
        self.since = len(room.messages)
        self.own: set[str] = set()
        self.lines: list[str] = []
        self.close_code: int | None = None
        self.was_set_back = False
        self._client = communicator(path=f"/ws/plain/{room.slug}?name={person.name}")
        self._client.application = through(server, self._client.application)

    async def open(self) -> str:
        """Connect; return the first line."""
        accepted, _ = await self._client.connect(DEADLINE)
        assert accepted
        return (await self._next())["text"]

    async def type(self, text: str) -> None:
        await Terminal(self._client).types(text)

    async def vanish(self) -> None:
        await self._client.disconnect(timeout=DEADLINE)

    async def refusal(self) -> str:
        """Wait for the line of a refusal."""
        while not (line := self._receive(await self._next())).startswith("! "):
            pass
        return line

    async def closed(self) -> int:
        """Wait until the server has closed the socket; return the code."""
        while self.close_code is None:
            self._receive(await self._next())
        return self.close_code

    def read(self) -> list[str]:
        """Return all lines so far."""
        while not self._client.output_queue.empty():
            self._receive(self._client.output_queue.get_nowait())
        return self.lines

    def set_back(self) -> None:
        """Continue in a restored log: it no longer has all that was read."""
        self.lines = [line for line in self.read() if line.startswith("* ")]
        self.since, self.was_set_back = len(self.room.messages), True

    async def _next(self) -> dict:
        async with asyncio.timeout(DEADLINE):
            return await self._client.output_queue.get()

    def _receive(self, message: dict) -> str:
        if message["type"] == "websocket.close":
            self.close_code = message["code"]
            return ""
        assert self.close_code is None
        self.lines.append(message["text"])
        return message["text"]

    # Comparison with the model

    def wrong(self, site: Site, here: Collection[str]) -> Iterator[str]:
        """Yield the differences to the model, with these people in the room."""
        lines = [
            _without_quote(line).split(": ", 1)
            for line in self.read()
            if line[:2] not in ("* ", "! ")
        ]
        if self.close_code is not None:
            yield f"closed with {self.close_code} after {self.lines}"
        messages = [(site.names[n], text) for n, text in lines if not n.endswith(EDITED)]
        edits = [(site.names[n.removesuffix(EDITED)], t) for n, t in lines if n.endswith(EDITED)]
        due = [m for m in self.room.messages if m.seq > self.since and m.id not in self.own]
        if missing := Counter(_line(m) for m in due if not m.deleted) - Counter(messages + edits):
            yield f"did not read {missing}"
        ever = self.room.messages if self.was_set_back else due
        if doubled := Counter(messages) - Counter(line for m in ever for line in _lines(m)):
            yield f"read too often, or never sent: {doubled}"
        if untrue := set(edits) - {line for m in self.room.messages for line in _lines(m)[1:]}:
            yield f"edits that nobody made: {untrue}"
        plain = [_line(m) for m in due if m.version == m.first_version]
        rest = iter(messages)
        if not all(line in rest for line in plain):
            yield f"read {messages}, not in the order of {plain}"
        yield from self._wrong_people(site, here)
        yield from self._wrong_deletions(site)

    def _wrong_deletions(self, site: Site) -> Iterator[str]:
        told = Counter(
            site.names[line[2:].removesuffix(DELETED)]
            for line in self.lines
            if line.startswith("* ") and line.endswith(DELETED)
        )
        made = Counter()
        for message in self.room.messages:
            made[message.author] += message.deletions
        if not self.was_set_back and (untrue := told - made):
            yield f"deletions that nobody made: {untrue}"

    def _wrong_people(self, site: Site, here: Collection[str]) -> Iterator[str]:
        last: dict[str, bool] = {}
        for line in self.lines:
            if line.startswith("* ") and not line.endswith(DELETED):
                name, word = line[2:].rsplit(" ", 1)
                last[site.names[name]] = word == "connected"
        for person, is_here in last.items():
            if is_here != (person in here):
                yield f"{person} is {'here' if is_here else 'gone'}"


def _without_quote(line: str) -> str:
    """Return a line without the one above it that says what it replies to."""
    return line.partition("\n")[2] if line.startswith("> ") else line


def _line(message: Message) -> tuple[str, str]:
    return _lines(message)[-1]


def _lines(message: Message) -> list[tuple[str, str]]:
    """Return the lines of all texts that a message had."""
    return [(message.author, "\n  ".join(body.splitlines())) for body in message.bodies]
