"""The way out of a Socket.IO client's connection: its events as packets, replies by callbacks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from pydantic_core import from_json

from chat.connection.output import Output, Writer
from chat.consumers.socketio.packets import (
    DISCONNECT_PACKET,
    Packets,
    connect_error_packet,
    event_packet,
)
from chat.protocol import ErrorEvent, Event, Frame, RoomsEvent
from chat.rules.errors import CloseCode

OnReply = Callable[[Event], None]

REFUSED = "error_message"
# How an encoded event begins that is a reply.
REPLY = '{"id":'

# After these a client has no reason to come back by itself: after DISCONNECT it does not. After
# any other end of the transport it does, with backoff.
FINAL = {
    CloseCode.UNSUPPORTED_DATA,
    CloseCode.TOO_BIG,
    CloseCode.MALFORMED,
    CloseCode.SIGNED_OUT,
    CloseCode.REMOVED,
    CloseCode.FLOODING,
}


def fields_of(refusal: ErrorEvent) -> dict:
    """Return a refusal as clients get it: `code`, `message` and what may help."""
    return refusal.model_dump(mode="json", exclude={"type"})


def refusal_packet(refusal: ErrorEvent) -> str:
    """Return the event of a refusal that has no acknowledgement to go to."""
    return event_packet(REFUSED, fields_of(refusal))


def refusal_of_client(refusal: ErrorEvent) -> str:
    """Return the packet that lets a client not in."""
    return connect_error_packet(refusal.message, fields_of(refusal))


class Dialect(Protocol):
    """What the events of a connection are called for its client."""

    def own_packets(self, event: Event) -> list[str]:
        """Return the packets of an event that is the client's own."""

    def encoded_packets(self, text: str) -> list[str]:
        """Return the packets of such an event that is encoded already."""

    def room_packets(self, frame: Frame) -> Packets:
        """Return the packets of a room's frame."""


class Nobody:
    """The dialect of a client that is gone: what is acknowledged later reaches nobody."""

    def own_packets(self, event: Event) -> list[str]:
        return []

    def encoded_packets(self, text: str) -> list[str]:
        return []

    def room_packets(self, frame: Frame) -> Packets:
        return Packets(())


NOBODY = Nobody()


class PacketOutput(Output):
    """Sends packets. Until `release` it holds all back that is not a refusal of the client.

    `dialect` can change. Where `id` is that of a command with a callback, the callback gets the
    reply in place of the client.
    """

    def __init__(self, writer: Writer):
        super().__init__(writer)
        self.dialect: Dialect
        self._replies: dict[str, list[OnReply]] = {}
        # What gets a refusal without an id, of the command that is being run.
        self._on_refusal: OnReply | None = None
        self._held = True
        self._last_refusal: ErrorEvent | None = None

    @contextmanager
    def expecting(self, id: str | None, on_reply: OnReply | None) -> Iterator[None]:
        """Run a command; call `on_reply` with its reply, which has this id and may come later.

        A refusal need not have the id: then no reply comes, and nothing is kept.
        """
        if on_reply and id is not None:
            self._replies.setdefault(id, []).append(on_reply)
        self._on_refusal = on_reply
        try:
            yield
            if on_reply and self._on_refusal is None:
                self._forget(id, on_reply)
        finally:
            self._on_refusal = None

    def _forget(self, id: str | None, on_reply: OnReply) -> None:
        callbacks = self._replies.get(id, [])
        if on_reply in callbacks:
            callbacks.remove(on_reply)
        if not callbacks:
            self._replies.pop(id, None)

    def take_callback(self, id: str | None) -> OnReply | None:
        """Return the callback of the oldest command with an id, and forget it."""
        callbacks = self._replies.get(id)
        if not callbacks:
            return None
        callback = callbacks.pop(0)
        if not callbacks:
            del self._replies[id]
        return callback

    def send(self, event: Event) -> None:
        if isinstance(event, ErrorEvent):
            self._last_refusal = event
        on_reply = self.take_callback(event.id) if event.id is not None else None
        if on_reply is None and event.id is None and isinstance(event, ErrorEvent):
            on_reply, self._on_refusal = self._on_refusal, None
        if on_reply:
            on_reply(event)
        else:
            self.send_packets(self.dialect.own_packets(event))

    def send_encoded(self, text: str) -> None:
        # Of what is encoded already, one's list of rooms alone is a reply.
        command_id = from_json(text)["id"] if text.startswith(REPLY) else None
        if on_reply := self.take_callback(command_id):
            on_reply(RoomsEvent.model_validate_json(text))
        else:
            self.send_packets(self.dialect.encoded_packets(text))

    def send_packets(self, texts: list[str]) -> None:
        """Send packets."""
        for text in texts:
            # The base class keeps and schedules what is unsent; here that is packets.
            super().send_encoded(text)

    def flush(self) -> None:
        if self._unsent and not self._held:
            texts, self._unsent = self._unsent, []
            self._writer.write(Packets(texts))

    def write_frame(self, frame: Frame) -> bool:
        packets = self.dialect.room_packets(frame)
        if self._held:
            self._unsent += packets.texts
            return True
        if self._unsent:
            self.flush()
        return not packets.texts or self._writer.write(packets)

    def release(self, packet: str) -> None:
        """Accept the client with a packet, and send what was held back."""
        self._unsent.insert(0, packet)
        self._held = False
        self.flush()

    def refuse(self, packet: str) -> None:
        """Refuse the client with a packet, and drop what was held back."""
        self._unsent.clear()
        self._writer.write(Packets([packet]))

    def close(self, code: int) -> None:
        if not self._held:
            self.send_packets([DISCONNECT_PACKET] if code in FINAL else [])
            self.flush()
        elif code in FINAL and self._last_refusal:
            self.refuse(refusal_of_client(self._last_refusal))
        self._writer.close(code)
        self._replies.clear()
