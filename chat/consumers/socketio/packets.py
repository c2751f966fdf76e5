"""Packets of Engine.IO and Socket.IO as texts.

https://github.com/socketio/engine.io-protocol and https://github.com/socketio/socket.io-protocol
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from pydantic_core import from_json, to_json

from chat.connection.writers import RawSocket
from chat.protocol import MAX_FRAME

# Engine.IO
OPEN, CLOSE, PING, PONG, MESSAGE, UPGRADE, NOOP = "0123456"
PROBE, PROBED = PING + "probe", PONG + "probe"
SEPARATOR = "\x1e"  # between the packets of a payload, the body of a request or response
# Bytes of a packet: the largest command, and what is around it.
MAX_PACKET = MAX_FRAME + 64

# Socket.IO, each in a MESSAGE
CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR = "01234"
MAIN = "/"
PACKET = re.compile(r"([0-6])(?:(/[^,]*),?)?([0-9]{1,15})?(.*)", re.DOTALL)


class MalformedPacket(ValueError):
    """What is no packet, or a binary one: there is nothing binary in a chat of texts."""


class Packet(NamedTuple):
    """A packet of Socket.IO; `ack` is the number under which its sender expects a reply."""

    kind: str
    namespace: str
    ack: int | None
    data: Any


def parse_packet(text: str) -> Packet:
    """Read a packet of Socket.IO. Raises MalformedPacket.

    pydantic's parser limits nesting and integers, and refuses lone surrogates.
    """
    match = PACKET.fullmatch(text)
    if match is None or match[1] > CONNECT_ERROR:
        raise MalformedPacket
    kind, namespace, ack, data = match.groups()
    try:
        value = from_json(data) if data else None
    except (ValueError, TypeError) as error:
        raise MalformedPacket from error
    if kind == EVENT and not is_event(value):
        raise MalformedPacket
    return Packet(kind, namespace or MAIN, int(ack) if ack else None, value)


def is_too_big(packet: str) -> bool:
    """Return whether a packet has more bytes than a client may send, over any transport."""
    return len(packet.encode("utf-8", "surrogatepass")) > MAX_PACKET


def is_event(value: Any) -> bool:
    """Return whether the data of a packet is an event: its name, and arguments."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], str)


def encode(value: Any) -> str:
    """Return a value as JSON."""
    return to_json(value).decode()


def event_packet(name: str, *arguments: Any) -> str:
    """Return the packet of an event."""
    return f"{MESSAGE}{EVENT}{encode([name, *arguments])}"


def encoded_event_packet(name: str, argument: str) -> str:
    """Return the packet of an event whose argument is JSON already."""
    return f'{MESSAGE}{EVENT}["{name}",{argument}]'


def ack_packet(number: int, *arguments: Any) -> str:
    """Return the packet that acknowledges an event."""
    return f"{MESSAGE}{ACK}{number}{encode(list(arguments))}"


def encoded_ack_packet(number: int, argument: str) -> str:
    """Return the packet that acknowledges an event, with an argument that is JSON already."""
    return f"{MESSAGE}{ACK}{number}[{argument}]"


def connect_packet(sid: str, pid: str | None) -> str:
    """Return the packet that accepts a client; it sends `pid` when it connects again."""
    return f"{MESSAGE}{CONNECT}{encode({'sid': sid} | ({'pid': pid} if pid else {}))}"


def connect_error_packet(message: str, data: dict | None = None, namespace: str = MAIN) -> str:
    """Return the packet that refuses a client, which does not try again by itself."""
    where = "" if namespace == MAIN else f"{namespace},"
    reason = {"message": message} | ({"data": data} if data else {})
    return f"{MESSAGE}{CONNECT_ERROR}{where}{encode(reason)}"


DISCONNECT_PACKET = MESSAGE + DISCONNECT


class Packets:
    """Packets for any number of clients, each representation made once for all."""

    __slots__ = ("_frames", "texts")

    def __init__(self, texts: Iterable[str]):
        self.texts = tuple(texts)
        self._frames: bytes | None = None

    def frames(self, socket: RawSocket) -> bytes:
        """Return the bytes of the packets as frames of a WebSocket, one a packet."""
        if self._frames is None:
            self._frames = b"".join(map(socket.pack_frame, self.texts))
        return self._frames
