"""The ways out of a door, never waited for by the code that serves the others."""

import asyncio
import types
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol

from chat.protocol import Frame


class Line(Protocol):
    """What a server may offer beside ASGI's `send` (see chatsite/server/websocket.py)."""

    def pack(self, text: str) -> bytes:
        """Give the bytes of a text's frame, the same for every socket."""

    def write(self, packed: bytes) -> bool:
        """Write such bytes, or tell that they have to go another way: ASGI's `send` knows
        whether they wait, or have nobody left to go to."""


class AsgiWriter:
    """Sends messages over an ASGI `send`, in order.

    Most sends finish at once. Such a one is stepped here, without a task: that halves what a
    delivery costs. One that blocks, because the client does not read, is finished by a task, and
    until then the writer is `blocked`; `on_drain` is called when it is free again.
    """

    def __init__(self, send: Callable[[dict], Awaitable[None]], on_drain: Callable[[], None]):
        self._send = send
        self._on_drain = on_drain
        self._waiting: list[dict] = []
        self._task: asyncio.Task | None = None
        self._closed = False

    @property
    def blocked(self) -> bool:
        """Whether a message is still on its way out."""
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
            # The client is gone; the door hears of it by itself.
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
        """Give up what is still on its way, and send nothing more."""
        self._closed = True
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        # The door holds its writer: neither should have to wait for the collection of garbage.
        self._on_drain = _nobody


def _nobody() -> None:
    """Be told that a writer is free, when nobody is left to tell."""


class SocketWriter(AsgiWriter):
    """The way out of a WebSocket.

    Where the server offers a `line`, frames are packed once for all readers, and are written
    without `send` as long as nothing blocks.
    """

    def __init__(
        self,
        send: Callable[[dict], Awaitable[None]],
        on_drain: Callable[[], None],
        line: Line | None = None,
    ):
        super().__init__(send, on_drain)
        self._line = line

    def write(self, frame: Frame) -> bool:
        """Send a frame; tell whether another would go out at once."""
        if self._closed:
            return not self.blocked
        if self._line and not self._task:
            if frame.packed is None:
                frame.packed = self._line.pack(frame.text)
            if self._line.write(frame.packed):
                return True
        self._put({"type": "websocket.send", "text": frame.text})
        return not self.blocked

    def close(self, code: int) -> None:
        """Close the socket, behind what was written before."""
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
    """Await the rest of a coroutine that was stepped once and then waited for `blocker`."""
    try:
        yield blocker
    except BaseException:
        step.close()
        raise
    yield from step
