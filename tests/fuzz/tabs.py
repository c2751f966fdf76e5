"""A client over a socket, in many rooms."""

import asyncio
import json
from itertools import count

from chat.connection.commands.runner import CommandRunner
from chat.connection.connection import Connection, Visitor
from chat.connection.output import Output
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
        self.late_messages: list[dict] = []  # of rooms, after the end
        self.blocked = False  # as a writer: it never blocks
        self._changed = asyncio.Event()
        self._connection = Connection(server, self._output(), Visitor("192.0.2.1", person.session))
        self._commands = CommandRunner(self._connection)

    def _output(self) -> Output:
        return Output(self)

    # As a writer

    def write(self, frame: Frame) -> bool:
        for event in json.loads(frame.text):
            self._take(event)
        return True

    def _take(self, event: dict) -> None:
        if self.close_code is None:
            self._receive(event)
        elif event["type"] == "message":
            self.late_messages.append(event)

    def close(self, code: int) -> None:
        self.close_code = self.close_code or code
        self.views.clear()
        self._changed.set()

    # As a client

    async def request(self, type: str, **fields) -> dict | None:
        """Send a command and return its reply; None if the socket was closed."""
        return await self.reply_to(await self.send_command(type, **fields))

    async def send_command(self, type: str, id: str | None = None, **fields) -> str:
        """Send a command without waiting; return its id."""
        command = {"type": type, "id": id or f"c{next(ids)}", **fields}
        self.replies.pop(command["id"], None)
        if type == "join":
            self.joining[command["id"]] = fields["room"]
        arguments = {name: value for name, value in command.items() if value is not None}
        await self._run(arguments)
        return command["id"]

    async def _run(self, command: dict) -> None:
        await self._commands.run_command(json.dumps(command))

    async def reply_to(self, id: str) -> dict | None:
        async with asyncio.timeout(DEADLINE):
            while id not in self.replies and self.close_code is None:
                self._changed.clear()
                await self._changed.wait()
        return self.replies.get(id)

    async def send_silent(self, type: str, **fields) -> dict | None:
        """Send a command that has no reply; return its refusal, if it is refused."""
        command_id = await self.send_command(type, **fields)
        await self.request("ping")
        return self.replies.get(command_id)

    def pretend_version(self, slug: str, after: int) -> None:
        """Pretend to have had version `after` of a room, without any of its messages."""
        before = self.views.get(slug)
        view = View(before.room if before else {}, after, base=after)
        if before:
            view.people, view.count, view.old_slugs = before.people, before.count, before.old_slugs
            self.views[slug] = view
        self.kept[slug] = view

    async def resume(self) -> None:
        """Join again the rooms that this tab is in, from its versions."""
        for slug, view in tuple(self.views.items()):
            epoch = view.room["epoch"]
            reply = await self.request("join", room=slug, after=view.version, epoch=epoch)
            assert reply["type"] == "joined"

    async def catch_up(self) -> None:
        """Send the `sync` commands that the rules of delivery require."""
        while self._behind and self.close_code is None:
            view = self.views.get(slug := self._behind.pop())
            if view:
                epoch = view.room["epoch"]
                await self.request("sync", room=slug, after=view.version, epoch=epoch)

    def vanish(self) -> dict[str, View]:
        """Disconnect without a close frame; return the views, to resume from."""
        views = dict(self.views)
        self.close(1006)
        self._connection.end()
        return views

    def _receive(self, event: dict) -> None:
        super()._receive(event)
        self._changed.set()
