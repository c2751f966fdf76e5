"""Clients inside the test's process that follow the protocol's rules of delivery.

They implement docs/protocol.md independently, and so end with the state of any client.
"""

import asyncio
import itertools
import json

from chat.connection.commands.runner import CommandRunner
from chat.connection.connection import Connection, Visitor
from chat.connection.output import Output
from chat.live.server import ChatServer
from chat.protocol import Frame

_numbers = itertools.count(1)


class EventInbox:
    """A writer that hands each event to `take`; `blocked` means that the client does not read."""

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


class ProtocolClient:
    """A person with one connection to one room, whose state outlives the connection."""

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
        self._syncs: list[dict] = []
        self.inbox: EventInbox | None = None
        self.connection: Connection | None = None

    @property
    def connected(self) -> bool:
        return self.connection is not None

    @property
    def user_id(self) -> str:
        return self.connection.user.id

    @property
    def room_id(self) -> int:
        return self.connection.follower(self.room).stream.room.pk

    @property
    def has_pending_syncs(self) -> bool:
        """Whether the rules of delivery require a `sync` that was not sent yet."""
        return bool(self._syncs)

    async def connect(self, server: ChatServer, room: str) -> None:
        """Connect (or reconnect) to a process, resume, and repeat unacknowledged messages."""
        self.inbox = EventInbox(self._take)
        self.connection = Connection(server, Output(self.inbox), Visitor("192.0.2.1"))
        self.commands = CommandRunner(self.connection)
        await self.send_command("hello", name=self.name, token=self.token)
        await self.send_command("join", room=room, after=self.version, epoch=self.epoch)
        for message_id in self.unacknowledged():
            await self.resend(message_id)

    def unacknowledged(self) -> list[str]:
        return [message_id for message_id in self.sent if message_id not in self.acks]

    def vanish(self) -> None:
        """Disconnect without a close frame."""
        self.connection.end()
        self.inbox.close_code = 1006
        self.connection = None
        self._syncs.clear()

    async def send(self, body: str) -> str:
        message_id = f"{self.name}-{next(_numbers)}"
        self.sent[message_id] = body
        if self.connected:
            await self.resend(message_id)
        return message_id

    async def repeat(self) -> None:
        """Send the last message again, as a client that did not receive the ack."""
        if self.sent and self.connected:
            await self.resend(list(self.sent)[-1])

    async def resend(self, message_id: str) -> None:
        """Send a message under its id, for the first time or again."""
        await self.send_command("send", id=message_id, room=self.room, body=self.sent[message_id])

    async def send_command(self, kind: str, **fields) -> None:
        arguments = {name: value for name, value in fields.items() if value is not None}
        await self.commands.run_command(json.dumps({"type": kind, **arguments}))
        await asyncio.sleep(0)
        await self.send_syncs()

    async def send_syncs(self) -> None:
        """Send the `sync` commands that the rules of delivery require."""
        while self._syncs and self.connected:
            await self.commands.run_command(json.dumps(self._syncs.pop()))
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
            self._syncs.append(
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
