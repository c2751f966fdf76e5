"""Writers: they send over ASGI in order, and never make the caller wait (backpressure).

The caller is code that serves other connections too: it asks whether a writer is `blocked`, and
sends nothing more until `on_drain`.
"""

import asyncio
import types
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from chat.protocol import Frame


class RawSocket(Protocol):
    """A socket that takes frames as bytes: an extension of ASGI (chatsite/server/websocket.py)."""

    def pack_frame(self, text: str) -> bytes:
        """Return the bytes of a text's frame, the same for every socket."""

    def write_packed(self, packed: bytes) -> bool:
        """Write such bytes; return False, and write nothing, where only ASGI's `send` can: while
        earlier frames wait, or when the client is gone."""


class AsgiWriter:
    """Sends messages over an ASGI `send`, in order.

    Most calls of `send` finish without waiting. Their coroutine is run here, without a task: that
    halves the cost of a delivery. One that waits, because the client does not read, is finished
    by a task. Until then the writer is `blocked`; `on_drain` is called when it is free again.
    """

    # Found in fewer places in memory: a broadcast visits those of everybody in the room.
    __slots__ = ("_closed", "_on_drain", "_send", "_task", "_waiting")

    def __init__(self, send: Callable[[dict], Awaitable[None]], on_drain: Callable[[], None]):
        self._send = send
        self._on_drain = on_drain
        self._waiting: list[dict] = []
        self._task: asyncio.Task | None = None
        self._closed = False

    @property
    def blocked(self) -> bool:
        """Whether a message is still being sent."""
        return self._task is not None

    def _put(self, message: dict) -> None:
        if self._task:
            self._waiting.append(message)
            return
        step = self._sending(message)
        try:
            blocker = step.send(None)
        except StopIteration:
            return
        except Exception:
            # The client is gone; the consumer receives that by itself.
            self._closed = True
            return
        self._task = asyncio.create_task(self._finish(_rest_of(step, blocker)))

    def _sending(self, message: dict) -> Awaitable[None]:
        return self._send(message)

    async def _finish(self, sending: Awaitable[None]) -> None:
        try:
            await sending
            while self._waiting:
                await self._sending(self._waiting.pop(0))
        except Exception:
            self._closed = True
        finally:
            self._waiting.clear()
            self._task = None
        self._on_drain()

    async def drained(self) -> None:
        """Wait until the writer is free."""
        if self._task:
            await asyncio.wait([self._task])

    async def stop(self) -> None:
        """Drop what is not sent yet, and send nothing more."""
        self._closed = True
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        # The entry point refers to its writer: this ends the cycle, so that neither waits for the
        # garbage collector.
        self._on_drain = _ignore


def _ignore() -> None:
    """Stand in for `on_drain` after the writer was stopped."""


class SocketWriter(AsgiWriter):
    """Sends frames of events over a WebSocket.

    With a `raw_socket` frames are packed once for all readers, and written without `send` as long
    as nothing waits.
    """

    __slots__ = ("_raw_socket",)

    def __init__(
        self,
        send: Callable[[dict], Awaitable[None]],
        on_drain: Callable[[], None],
        raw_socket: RawSocket | None = None,
    ):
        super().__init__(send, on_drain)
        self._raw_socket = raw_socket

    def write(self, frame: Frame) -> bool:
        """Send a frame; return whether another would be sent at once."""
        if self._closed:
            return not self.blocked
        # Each look at an attribute counts: it runs for every delivery.
        if (raw_socket := self._raw_socket) and not self._task:
            packed = frame.packed
            if packed is None:
                packed = frame.packed = raw_socket.pack_frame(frame.text)
            if raw_socket.write_packed(packed):
                return True
        self._put({"type": "websocket.send", "text": frame.text})
        return not self.blocked

    def close(self, code: int) -> None:
        """Close the socket, after what was written before."""
        if not self._closed:
            self._closed = True
            self._put({"type": "websocket.close", "code": code})

    def _sending(self, message: dict) -> Awaitable[None]:
        if message["type"] == "websocket.close":
            return self._closing(message)
        return self._send(message)

    async def _closing(self, message: dict) -> None:
        try:
            await self._send(message)
        except Exception:
            # Daphne sends no code but 1000 and 3000 to 4999: a refused one would leave it open.
            await self._send({"type": "websocket.close"})


@types.coroutine
def _rest_of(step, blocker):
    """Await the rest of a coroutine that was run until it waited for `blocker`."""
    try:
        yield blocker
    except BaseException:
        step.close()
        raise
    yield from step
