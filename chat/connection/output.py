"""The way out of a connection: events in order, in as few frames as possible."""

import asyncio
from typing import Protocol

from chat import protocol
from chat.protocol import Frame


class Writer(Protocol):
    """What an entry point provides: it writes frames and never blocks the caller."""

    blocked: bool

    def write(self, frame: Frame) -> bool:
        """Write a frame; return whether another could be written at once."""

    def close(self, code: int) -> None:
        """Close with a close code; nothing is written after that."""


class Output:
    """Sends a connection's own events, those of one moment as one frame, and its rooms' frames."""

    __slots__ = ("_loop", "_unsent", "_writer")

    def __init__(self, writer: Writer):
        self._writer = writer
        self._unsent: list[str] = []
        self._loop = asyncio.get_running_loop()

    @property
    def blocked(self) -> bool:
        """Whether a frame is still being written."""
        return self._writer.blocked

    def send(self, event: protocol.Event) -> None:
        """Send an event of this connection's own."""
        self.send_encoded(event.encode())

    def send_encoded(self, text: str) -> None:
        """Send an encoded event."""
        if not self._unsent:
            self._loop.call_soon(self.flush)
        self._unsent.append(text)

    def flush(self) -> None:
        """Write the events that were sent, now."""
        if self._unsent:
            texts, self._unsent = self._unsent, []
            self._writer.write(Frame(texts))

    def write_frame(self, frame: Frame) -> bool:
        """Write a room's frame, after the events that were sent before; return whether another
        could be written at once."""
        if self._unsent:
            self.flush()
        return self._writer.write(frame)

    def close(self, code: int) -> None:
        """Close with a close code, after the events that were sent."""
        self.flush()
        self._writer.close(code)
