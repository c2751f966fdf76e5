"""The protocol itself over Socket.IO: commands are events with an acknowledgement."""

import secrets
from typing import Any, get_args

from pydantic_core import from_json

from chat.consumers.socketio.output import refusal_packet
from chat.consumers.socketio.packets import Packets, encoded_event_packet
from chat.protocol import COMMANDS, ErrorEvent, Event, Frame, Read, Received, Typing
from chat.rules.errors import ChatError

COMMAND_TYPES = {get_args(kind.model_fields["type"].annotation)[0]: kind for kind in COMMANDS}
# These have no reply: the acknowledgement is empty.
SILENT = (Read, Received, Typing)


class Native:
    """The vocabulary of docs/protocol.md: a client is in the rooms that it joins."""

    def __init__(self, client):
        self._client = client

    @staticmethod
    def has(event: str, arguments: list) -> bool:
        """Return whether an event is a command: its fields are an object."""
        return event in COMMAND_TYPES and (not arguments or isinstance(arguments[0], dict))

    async def introduce(self, known_token: str | None, auth: dict) -> None:
        """Do what `auth` says: a `hello`, and a `join` where it names a room. Raises ChatError.

        `known_token` is that of the guest who the client was before its connection was lost.
        """
        token = auth.get("token") or known_token
        await self._do("hello", name=auth.get("name"), token=token)
        if auth.get("room") is not None:
            after, epoch = auth.get("after"), auth.get("epoch")
            await self._do("join", room=auth["room"], after=after, epoch=epoch)

    async def _do(self, type: str, **fields: Any) -> None:
        refusal = await self._client.ask(type, self._send, **fields)
        if refusal:
            raise ChatError(
                refusal.code,
                refusal.message,
                retry_after=refusal.retry_after,
                suggestion=refusal.suggestion,
            )

    def _send(self, event: Event) -> None:
        self._client.out.send_packets(self.own_packets(event))

    async def receive(self, name: str, arguments: list, acknowledge) -> None:
        """Run the command that an event is."""
        fields = arguments[0] if arguments else {}
        if name == "send" and isinstance(fields, dict) and fields.get("id") is None:
            fields = fields | {"id": secrets.token_urlsafe(12)}
        command_id = await self._client.run(name, fields, acknowledge and acknowledge.reply)
        is_silent = COMMAND_TYPES.get(name) in SILENT
        if acknowledge and is_silent and self._client.out.take_callback(command_id):
            acknowledge()

    # What it is sent

    def own_packets(self, event: Event) -> list[str]:
        if isinstance(event, ErrorEvent):
            return [refusal_packet(event)]
        return [encoded_event_packet(event.type, event.encode())]

    def encoded_packets(self, text: str) -> list[str]:
        return [_packet(text)]

    def room_packets(self, frame: Frame) -> Packets:
        return frame.made(Native, _packets)


def _packets(events: tuple[str, ...]) -> Packets:
    return Packets(map(_packet, events))


def _packet(text: str) -> str:
    return encoded_event_packet(from_json(text)["type"], text)
