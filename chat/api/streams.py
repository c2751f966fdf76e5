"""Server-sent events: a connection's frames as the body of an answer that does not end.

The format is that of HTML's EventSource.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from random import randint

from django.http.response import HttpResponseBase
from pydantic_core import from_json

from chat.api.requests import Request, first_of
from chat.connection.connection import Connection
from chat.connection.writers import AsgiWriter
from chat.protocol import Frame

EVENT_STREAM = "text/event-stream"

# Shorter than any proxy waits for a silent server; in seconds.
HEARTBEAT = 20.0
# When a client whose stream ended comes back, in milliseconds: not all in one moment, and before
# the others are told that it left.
RETRY = (500, 2500)


def encode(epoch: str, events: tuple[str, ...]) -> bytes:
    """Give encoded events as a stream has them; with an id those that one can resume from."""
    return "".join(_encoded(epoch, event) for event in events).encode()


def _encoded(epoch: str, text: str) -> str:
    event = from_json(text)
    version = None
    if event["type"] == "message":
        version = event["version"]
    elif event["type"] == "joined":
        version = event["room"]["version"]
    resume = "" if version is None else f"id: {epoch}:{version}\n"
    return f"event: {event['type']}\n{resume}data: {text}\n\n"


class StreamWriter(AsgiWriter):
    """Writes frames into an answer. What is written before the answer begins waits for that.

    `epoch` is that of the room's log, to be set before a frame of it is written.
    """

    def __init__(self, on_drain: Callable[[], None]):
        super().__init__(self._send_when_begun, on_drain)
        self.epoch = ""
        self.closed = asyncio.Event()
        self._begun: asyncio.Future[Callable] = asyncio.get_running_loop().create_future()

    async def begin(self, start: dict, send: Callable) -> None:
        """Begin the answer."""
        await send(start)
        self._begun.set_result(send)
        retry = f"retry: {randint(*RETRY)}\n\n"  # noqa: S311 - no secret
        await send({"type": "http.response.body", "body": retry.encode(), "more_body": True})

    async def _send_when_begun(self, message: dict) -> None:
        send = self._begun.result() if self._begun.done() else await self._begun
        await send(message)

    def write(self, frame: Frame) -> bool:
        """Send a frame; tell whether another would go out at once."""
        if not self._closed:
            make = partial(encode, self.epoch)
            self._put_part(frame.made((encode, self.epoch), make))
        return not self.blocked

    def beat(self) -> None:
        """Send a comment, where nothing is on its way, so that nobody takes the line for dead."""
        if not self._closed and not self.blocked:
            self._put_part(b":\n\n")

    def _put_part(self, body: bytes) -> None:
        self._put({"type": "http.response.body", "body": body, "more_body": True})

    def close(self, code: int) -> None:
        """End the answer, behind what was written before; `code` is for sockets."""
        if not self._closed:
            self._closed = True
            self._put({"type": "http.response.body", "body": b""})
        self.closed.set()


class EventStream(HttpResponseBase):
    """The answer that tells a connection's events until either side ends it."""

    streaming = True

    def __init__(self, connection: Connection, writer: StreamWriter):
        super().__init__(content_type=f"{EVENT_STREAM}; charset=utf-8")
        # Proxies that gather an answer before they pass it on: not this one.
        self["X-Accel-Buffering"] = "no"
        self._connection = connection
        self._writer = writer
        self._timer: asyncio.TimerHandle | None = None

    async def serve(self, start: dict, request: Request, send: Callable) -> None:
        """Send the answer, until the client has gone or was sent away."""
        try:
            await self._writer.begin(start, send)
            self._beat_later()
            await first_of(request.abandoned(), self._ended())
        finally:
            if self._timer:
                self._timer.cancel()
            self._connection.end()
            await self._writer.stop()

    def _beat_later(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(HEARTBEAT, self._beat)

    def _beat(self) -> None:
        self._writer.beat()
        self._beat_later()

    async def _ended(self) -> None:
        await self._writer.closed.wait()
        await self._writer.drained()
