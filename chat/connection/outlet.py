"""The way out of a connection: what it is told, in order, as few frames as may be."""

import asyncio
from typing import Protocol

from chat import protocol
from chat.protocol import Frame


class Writer(Protocol):
    """What a door gives: it writes frames and never makes anybody wait."""

    blocked: bool

    def write(self, frame: Frame) -> bool:
        """Take a frame; tell whether another would go out at once."""

    def close(self, code: int) -> None:
        """Say goodbye with a close code; nothing is written after that."""


class Outlet:
    """Sends a connection's own events, those of one moment as one frame, and its rooms' frames."""

    def __init__(self, writer: Writer):
        self._writer = writer
        self._outgoing: list[str] = []
        self._loop = asyncio.get_running_loop()

    def tell(self, event: protocol.Event) -> None:
        """Send an event of this connection's own."""
        self.tell_encoded(event.encode())

    def tell_encoded(self, text: str) -> None:
        """Send an encoded event."""
        if not self._outgoing:
            self._loop.call_soon(self.flush)
        self._outgoing.append(text)

    def flush(self) -> None:
        """Send now what was told."""
        if self._outgoing:
            texts, self._outgoing = self._outgoing, []
            self._writer.write(Frame(texts))

    @property
    def blocked(self) -> bool:
        """Whether a frame is still on its way out."""
        return self._writer.blocked

    def write(self, frame: Frame) -> bool:
        """Take a room's frame, behind what this connection was told before; tell whether
        another would go out at once."""
        if self._outgoing:
            self.flush()
        return self._writer.write(frame)

    def close_writer(self, code: int) -> None:
        """Say goodbye, behind all that was told."""
        self.flush()
        self._writer.close(code)
