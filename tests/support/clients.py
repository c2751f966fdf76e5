"""Clients that keep the protocol's rules of delivery by themselves, inside the test's process.

They are an independent reading of docs/protocol.md: what they end up with is what any client does.
"""

import asyncio
import itertools
import json

from chat.connection.commands import Commands
from chat.connection.connection import Connection, Visitor
from chat.live.server import ChatServer
from chat.protocol import Frame

_numbers = itertools.count(1)


class Inbox:
    """A writer that keeps the events it is given. `blocked` plays a client that does not read."""

    def __init__(self, take):
        self._take = take
        self.blocked = False
        self.close_code: int | None = None

    def write(self, frame: Frame) -> bool:
        if self.close_code is None:
            for event in json.loads(frame.text):
                self._take(event)
        return not self.blocked

    def close(self, code: int) -> None:
        self.close_code = code


class RuleKeeper:
    """A person with one connection to one room; remembers all across connections."""

    def __init__(self, name: str):
        self.name = name
        self.token = None
        self.epoch, self.version = None, None
        self.messages: dict[int, dict] = {}
        self.sent: dict[str, str] = {}
        self.acks: dict[str, dict] = {}
        self.errors: list[dict] = []
        self.events: list[dict] = []
        self.people: dict[str, str] = {}
        self.room: str | None = None
        self._todo: list[dict] = []
        self.inbox: Inbox | None = None
        self._connection: Connection | None = None

    @property
    def connected(self) -> bool:
        return self._connection is not None

    async def connect(self, server: ChatServer, room: str) -> None:
        """Come (or come back) through a process, resume, and send again what was not answered."""
        self.inbox = Inbox(self._take)
        self._connection = Connection(server, self.inbox, Visitor("192.0.2.1"))
        self._commands = Commands(self._connection)
        await self.command("hello", name=self.name, token=self.token)
        await self.command("join", room=room, after=self.version, epoch=self.epoch)
        for message_id in self.unanswered():
            await self._send(message_id)

    def unanswered(self) -> list[str]:
        return [message_id for message_id in self.sent if message_id not in self.acks]

    def vanish(self) -> None:
        """Be gone without a word."""
        self._connection.end()
        self.inbox.close_code = 1006
        self._connection = None
        self._todo.clear()

    async def say(self, body: str) -> str:
        message_id = f"{self.name}-{next(_numbers)}"
        self.sent[message_id] = body
        if self.connected:
            await self._send(message_id)
        return message_id

    async def repeat(self) -> None:
        """Send the last message again, as a client does that did not hear the ack."""
        if self.sent and self.connected:
            await self._send(list(self.sent)[-1])

    async def _send(self, message_id: str) -> None:
        await self.command("send", id=message_id, room=self.room, body=self.sent[message_id])

    async def command(self, kind: str, **fields) -> None:
        given = {name: value for name, value in fields.items() if value is not None}
        await self._commands.receive(json.dumps({"type": kind, **given}))
        await asyncio.sleep(0)
        await self.obey()

    async def obey(self) -> None:
        """Ask for what the rules say was missed."""
        while self._todo and self.connected:
            await self._commands.receive(json.dumps(self._todo.pop()))
            await asyncio.sleep(0)

    def _take(self, event: dict) -> None:
        self.events.append(event)
        handler = getattr(self, f"_on_{event['type']}", None)
        if handler:
            handler(event)

    def _on_welcome(self, event):
        self.token = event.get("token", self.token)

    def _on_joined(self, event):
        self.room = event["room"]["slug"]
        self.people = {user["id"]: user["name"] for user in event["members"]}
        self._replace(event, event["room"]["epoch"], event["room"]["version"])

    def _on_synced(self, event):
        self._replace(event, event["epoch"], event["version"])

    def _replace(self, event, epoch, version):
        if event["reset"]:
            self.messages.clear()
        elif version < self.version:
            return
        self.epoch, self.version = epoch, version
        for message in event["messages"]:
            self.messages[message["seq"]] = message

    def _on_message(self, event):
        if event["version"] == self.version + 1:
            self.version += 1
            self.messages[event["message"]["seq"]] = event["message"]
        elif event["version"] > self.version:
            self._todo.append(
                {"type": "sync", "room": self.room, "after": self.version, "epoch": self.epoch}
            )

    def _on_presence(self, event):
        self.people.update((user["id"], user["name"]) for user in event["joined"])
        for user in event["left"]:
            self.people.pop(user["id"], None)

    def _on_ack(self, event):
        self.acks.setdefault(event["id"], event)

    def _on_error(self, event):
        self.errors.append(event)
