"""A client over a socket, in many rooms."""

import asyncio
import json
from itertools import count

from chat.connection.commands import Commands
from chat.connection.connection import Connection, Visitor
from chat.live.server import ChatServer
from chat.protocol import Frame
from tests.fuzz.model import Person
from tests.fuzz.readers import Reader, View

DEADLINE = 10.0
ids = count(1)


class Tab(Reader):
    """One connection of a person to one process."""

    def __init__(self, person: Person, server: ChatServer):
        super().__init__(person, server)
        self.close_code: int | None = None
        self.told_late: list[dict] = []  # of rooms, after the end
        self.blocked = False  # as a writer: it takes everything at once
        self._news = asyncio.Event()
        self._connection = Connection(server, self, Visitor("192.0.2.1", person.session))
        self._commands = Commands(self._connection)

    # What a writer is to the server

    def write(self, frame: Frame) -> bool:
        for event in json.loads(frame.text):
            if self.close_code is None:
                self._take(event)
            elif event["type"] == "message":
                self.told_late.append(event)
        return True

    def close(self, code: int) -> None:
        self.close_code = self.close_code or code
        self.views.clear()
        self._news.set()

    # What a client does

    async def ask(self, type: str, **fields) -> dict | None:
        """Say a command and return its direct answer; None where the socket was closed."""
        return await self.answer(await self.say(type, **fields))

    async def say(self, type: str, id: str | None = None, **fields) -> str:
        """Say a command without waiting; return its id."""
        command = {"type": type, "id": id or f"c{next(ids)}", **fields}
        self.answers.pop(command["id"], None)
        if type == "join":
            self.joining[command["id"]] = fields["room"]
        given = {name: value for name, value in command.items() if value is not None}
        await self._commands.receive(json.dumps(given))
        return command["id"]

    async def answer(self, id: str) -> dict | None:
        async with asyncio.timeout(DEADLINE):
            while id not in self.answers and self.close_code is None:
                self._news.clear()
                await self._news.wait()
        return self.answers.get(id)

    async def silence(self, type: str, **fields) -> dict | None:
        """Say a command that has no direct answer; return its refusal, if that is what comes."""
        command_id = await self.say(type, **fields)
        await self.ask("ping")
        return self.answers.get(command_id)

    def pretend(self, slug: str, after: int) -> None:
        """Have had version `after` of a room, and nothing of it any more."""
        before = self.views.get(slug)
        view = View(before.room if before else {}, after, base=after)
        if before:
            view.people, view.count, view.old_slugs = before.people, before.count, before.old_slugs
            self.views[slug] = view
        self.kept[slug] = view

    async def resume(self) -> None:
        """Join the rooms that one is in, with what one has of them."""
        for slug, view in tuple(self.views.items()):
            epoch = view.room["epoch"]
            answer = await self.ask("join", room=slug, after=view.version, epoch=epoch)
            assert answer["type"] == "joined"

    async def catch_up(self) -> None:
        """Ask for what the rules of delivery say was missed."""
        while self._behind and self.close_code is None:
            view = self.views.get(slug := self._behind.pop())
            if view:
                epoch = view.room["epoch"]
                await self.ask("sync", room=slug, after=view.version, epoch=epoch)

    def vanish(self) -> dict[str, View]:
        """Be gone without a word; return what it had, to come back with."""
        views = dict(self.views)
        self.close(1006)
        self._connection.end()
        return views

    def _take(self, event: dict) -> None:
        super()._take(event)
        self._news.set()
