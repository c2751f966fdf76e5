"""The two transports of Engine.IO. Both write without waiting, and say when they are `blocked`."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from chat.connection.writers import SocketWriter
from chat.consumers.socketio.packets import CLOSE, NOOP, SEPARATOR, Packets

# Characters that wait for a client's next poll; past it, its rooms wait as for any slow reader.
MOST_WAITING = 64 * 1024


class Transport(Protocol):
    """What carries the packets of a session."""

    blocked: bool

    def write(self, packets: Packets) -> bool:
        """Write packets; return whether more could be written at once."""

    def close(self, code: int) -> None:
        """End after what was written."""

    async def drained(self) -> None:
        """Wait until it is not blocked."""


class WebSocketTransport(SocketWriter):
    """Packets as frames of a WebSocket."""

    def write(self, packets: Packets) -> bool:
        if self._closed:
            return not self.blocked
        raw = self._raw_socket
        if raw and not self._task and raw.write_packed(packets.frames(raw)):
            return True
        for text in packets.texts:
            self._put({"type": "websocket.send", "text": text})
        return not self.blocked


class PollingTransport:
    """Packets that wait for the client's next request, of `size` characters.

    Only the client's own replies can make it more than MOST_WAITING and one frame, and while it
    is blocked no more of what the client sends is read.
    """

    def __init__(self, on_drain: Callable[[], None]):
        self._on_drain = on_drain
        self._packets: list[str] = []
        self.size = 0
        self._reader: asyncio.Future | None = None
        self._drained = asyncio.Event()
        self._drained.set()
        self.closed = False
        # Whether a poll is under way, and a request with packets; there is one of each at a time.
        self.is_read = self.is_written = False
        # Once a WebSocket works, a poll ends at once: the client sends no other then.
        self.upgrading = False

    @property
    def blocked(self) -> bool:
        """Whether the client has to poll first."""
        return self.size >= MOST_WAITING

    def write(self, packets: Packets) -> bool:
        if self.closed:
            return not self.blocked
        self._packets += packets.texts
        self.size += sum(map(len, packets.texts))
        if self.blocked:
            self._drained.clear()
        self._wake()
        return not self.blocked

    def close(self, code: int) -> None:
        """Make the client's next poll its last; `code` is for sockets."""
        if not self.closed:
            self.write(Packets([CLOSE]))
            self.closed = True
            self._drained.set()
            # The connection refers to this: so neither waits for the garbage collector.
            self._on_drain = _ignore

    def begin_upgrade(self) -> None:
        """End the poll that waits: the client opens a WebSocket."""
        self.upgrading = True
        self._wake()

    def end_upgrade(self) -> None:
        """Poll on: the WebSocket is gone."""
        self.upgrading = False

    def _wake(self) -> None:
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    @property
    def is_ready(self) -> bool:
        """Whether a poll has something to return now."""
        return bool(self._packets) or self.upgrading

    async def ready(self) -> None:
        """Wait until there is something to return."""
        self._reader = asyncio.get_running_loop().create_future()
        if self.is_ready:
            self._wake()
        try:
            await self._reader
        finally:
            self._reader = None

    def take(self) -> tuple[str, ...]:
        """Return the packets that wait, and forget them; then there is room for more."""
        texts, self._packets, self.size = tuple(self._packets), [], 0
        self._drained.set()
        asyncio.get_running_loop().call_soon(self._on_drain)
        return texts

    def take_payload(self) -> str:
        """Return the body of a response; the end of the transport has one of its own.

        A client ends at once where it reads it, and drops the packets before it that it has not
        handled yet.
        """
        texts = self.take()
        if texts[1:] and texts[-1] == CLOSE:
            self._packets, texts = [CLOSE], texts[:-1]
        return SEPARATOR.join(texts or (NOOP,))

    async def drained(self) -> None:
        await self._drained.wait()


def _ignore() -> None:
    """Stand in for `on_drain` after the end."""
