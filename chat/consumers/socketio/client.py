"""A Socket.IO client: it connects, sends events, and gets others, in the vocabulary it speaks."""

import re
import secrets
from collections.abc import Callable
from itertools import count
from typing import Any, NamedTuple

from chat.access import identity
from chat.connection.commands.runner import CommandRunner
from chat.connection.connection import Connection
from chat.consumers.socketio import packets
from chat.consumers.socketio.native import Native
from chat.consumers.socketio.output import NOBODY, OnReply, PacketOutput, refusal_of_client
from chat.consumers.socketio.packets import MAIN, MalformedPacket, Packet, encode
from chat.consumers.socketio.vocabularies import VOCABULARIES, ChatMessage, vocabulary_of
from chat.protocol import ErrorEvent, Event
from chat.rules.errors import ChatError, CloseCode, unavailable

# What `auth` has of a client that knows this server.
INTRODUCTION = ("token", "name", "room")
# The token that was given to a client in its `pid`. What follows is another each time: clients take
# the same one for a promise that they have missed nothing.
PID = re.compile(r"([A-Za-z0-9_-]{32})\.[A-Za-z0-9_-]{1,16}")
# A refusal for now: the client loses its connection, and so tries again by itself.
FOR_NOW = {"unavailable", "rate_limited"}


class Acknowledgement(NamedTuple):
    """The callback of an event in the client."""

    send_packets: Callable[[list[str]], None]
    number: int

    def __call__(self, *arguments: Any) -> None:
        self.send_packets([packets.ack_packet(self.number, *arguments)])

    def reply(self, event: Event) -> None:
        """Pass an event as the argument."""
        self.send_packets([packets.encoded_ack_packet(self.number, event.encode())])


class Client:
    """One client. `is_decided` is whether an event has shown which vocabulary it speaks; `room` is
    the one that it named when it connected.

    A client of 2023 and later sends a `pid` again that it was given before, after a lost
    connection: here it is a guest's token, so that they are the same person. For a page that is
    new it is the token that its guest will have.
    """

    def __init__(self, connection: Connection, out: PacketOutput):
        self.connection, self.out = connection, out
        self.commands = CommandRunner(connection)
        self.is_connected = False
        self.room: str | None = None
        self._numbers = count(1)
        self._await_vocabulary()

    def end(self) -> None:
        """End the connection; the client is gone."""
        self.connection.end()
        # What it refers to refers to it: so nothing waits for the garbage collector.
        self.dialect = self.out.dialect = NOBODY

    # What it sends

    async def receive(self, text: str) -> None:
        """Handle a packet of Socket.IO."""
        try:
            packet = packets.parse_packet(text)
        except MalformedPacket:
            self.connection.close(CloseCode.MALFORMED)
            return
        if packet.kind == packets.CONNECT:
            await self._receive_connect(packet)
        elif packet.kind == packets.DISCONNECT:
            self.connection.close(CloseCode.INTERNAL_ERROR)
        elif not self.is_connected or packet.namespace != MAIN:
            self.connection.close(CloseCode.MALFORMED)
        elif packet.kind == packets.EVENT:
            await self._receive_event(packet)

    async def _receive_event(self, packet: Packet) -> None:
        name, *arguments = packet.data
        acknowledge = None
        if packet.ack is not None:
            acknowledge = Acknowledgement(self.out.send_packets, packet.ack)
        if not self.is_decided:
            await self._decide(name, arguments)
        try:
            await self.dialect.receive(name, arguments, acknowledge)
        except ChatError as error:
            self.out.send(ErrorEvent.of(error))

    async def _decide(self, name: str, arguments: list) -> None:
        """Find out by an event which vocabulary the client speaks; another one tells nothing."""
        is_native = isinstance(self.dialect, Native)
        is_command = Native.has(name, arguments)
        if is_native and is_command:
            self.is_decided = True
            return
        kind = vocabulary_of(name, arguments) or (Native if is_command else None)
        if kind and not isinstance(self.dialect, kind):
            if not is_native:
                self.dialect.stop_listening()
            self.speak(kind(self))
        self.is_decided = kind is not None

    def speak(self, dialect) -> None:
        """Use a vocabulary from now on."""
        self.dialect = self.out.dialect = dialect
        self.is_decided = True

    def _await_vocabulary(self) -> None:
        """Use the vocabulary of a client that has not shown yet which one it speaks."""
        self.speak(ChatMessage(self))
        self.is_decided = False

    # How it connects

    async def _receive_connect(self, packet: Packet) -> None:
        if packet.namespace != MAIN:
            refusal = packets.connect_error_packet("Invalid namespace", None, packet.namespace)
            self.out.refuse(refusal) if not self.is_connected else self.out.send_packets([refusal])
        elif not self.is_connected:
            try:
                await self._introduce(packet.data if isinstance(packet.data, dict) else {})
            except ChatError as error:
                if not self.connection.ended:
                    # It may try again, and say less.
                    self._await_vocabulary()
                self._refuse(error)
                return
            if not self.connection.ended:
                self.is_connected = True
                self.out.release(packets.connect_packet(secrets.token_urlsafe(15), self._pid()))

    def _refuse(self, error: ChatError) -> None:
        if error.code in FOR_NOW:
            self.connection.close(CloseCode.INTERNAL_ERROR)
        else:
            self.out.refuse(refusal_of_client(ErrorEvent.of(error)))

    def _pid(self) -> str | None:
        token = self.connection.token or self.connection.spare_token
        return token and f"{token}.{secrets.token_urlsafe(6)}"

    async def _introduce(self, auth: dict) -> None:
        """Admit the client: to a room, where it says who it is. Raises ChatError."""
        token, place = await self._token_of(auth.get("pid")), auth.get("offset")
        said = {name: auth[name] for name in INTRODUCTION if auth.get(name) is not None}
        if said:
            self.speak(Native(self))
            await self.dialect.introduce(token, auth)
            self.room, self.is_decided = auth.get("room"), False
            return
        self.connection.token = token
        if token is None:
            self.connection.spare_token = identity.new_token()
        elif page := self._page_before(place):
            self.speak(page)
            if await page.come_back(place.partition(" ")[2]):
                return
            self._await_vocabulary()
        offset = auth.get("serverOffset")
        self.is_decided = is_offset = type(offset) is int and offset >= 0
        await self.dialect.listen(offset if is_offset else None)

    async def _token_of(self, pid: Any) -> str | None:
        """Return the token that a client brings as its `pid`, if it is somebody's."""
        match = PID.fullmatch(pid) if isinstance(pid, str) else None
        if match is None:
            return None
        try:
            await self.connection.server.persons.holder_of(match[1], None)
        except ChatError as error:
            if error.code == "unavailable":
                raise
            return None
        return match[1]

    def _page_before(self, place: Any):
        """Return the vocabulary that a page spoke before its connection was lost."""
        key = place.partition(" ")[0] if isinstance(place, str) else None
        return next((kind(self) for kind in VOCABULARIES if key == kind.KEY), None)

    # What it does as a client of the protocol

    async def run(self, type: str, fields: Any, on_reply: OnReply | None = None) -> str | None:
        """Run a command; `on_reply` gets the reply, or the refusal. Returns the command's id, or
        None where it has none that a reply could have.

        A command without an id gets one while it is run, where somebody waits for the reply.
        """
        if not isinstance(fields, dict):
            # The refusal says what a command is.
            fields = {"arguments": None}
        command_id = fields.get("id")
        if on_reply and command_id is None:
            command_id, on_reply = f"reply-{next(self._numbers)}", without_id(on_reply)
            fields = fields | {"id": command_id}
        command_id = command_id if isinstance(command_id, str) else None
        with self.out.expecting(command_id, on_reply):
            await self.commands.run_command(encode(fields | {"type": type}))
        return command_id

    async def ask(self, type: str, on_reply: OnReply | None = None, **fields) -> ErrorEvent | None:
        """Run a command that is replied to at once; return the refusal, or None.

        `on_reply` gets the reply before anything else is sent. Raises ChatError `unavailable`
        where the connection was closed instead.
        """
        replies: list[Event] = []

        def take(event: Event) -> None:
            replies.append(event)
            if on_reply and not isinstance(event, ErrorEvent):
                on_reply(event)

        said = {name: value for name, value in fields.items() if value is not None}
        await self.run(type, said, take)
        if self.connection.ended or not replies:
            raise unavailable()
        return replies[0] if isinstance(replies[0], ErrorEvent) else None


def without_id(on_reply: OnReply) -> OnReply:
    """Return a callback that gets replies without the id that the client did not send."""

    def take(event: Event) -> None:
        event.id = None
        on_reply(event)

    return take
