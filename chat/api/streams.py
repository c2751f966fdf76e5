"""Server-sent events: a connection's frames as the body of a response that does not end.

The format is that of HTML's EventSource (WHATWG HTML, section 9.2).
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

# What some readers take for the end of a line, though the standard has only CR and LF, with what
# JSON has for it: Python's str.splitlines, which httpx-sse and others read with.
LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}

# Seconds between comments in a silent stream; shorter than any proxy waits for a silent server.
HEARTBEAT = 20.0
# Milliseconds after which a client whose stream ended reconnects: a range (jitter), so that not all
# do so in one moment, and short enough that nobody is shown as having left.
RETRY = (500, 2500)


def encode(epoch: str, events: tuple[str, ...]) -> bytes:
    """Return encoded events in the format of a stream; those one can resume from have an id."""
    return "".join(_encoded(epoch, event) for event in events).encode()


def _encoded(epoch: str, text: str) -> str:
    event = from_json(text)
    version = None
    if event["type"] == "message":
        version = event["version"]
    elif event["type"] == "joined":
        version = event["room"]["version"]
    for character, escape in LINE_ENDS.items():
        text = text.replace(character, escape)
    # After the data, so that a program that reads line by line, and is cut off between two, does
    # not go on after what it did not receive.
    resume = "" if version is None else f"id: {epoch}:{version}\n"
    return f"event: {event['type']}\ndata: {text}\n{resume}\n"


class StreamWriter(AsgiWriter):
    """Writes frames into a response. What is written before the response begins waits for that.

    `epoch` is that of the room's log, to be set before a frame of the room is written.
    """

    def __init__(self, on_drain: Callable[[], None]):
        super().__init__(self._send_when_begun, on_drain)
        self.epoch = ""
        self.closed = asyncio.Event()
        self._begun: asyncio.Future[Callable] = asyncio.get_running_loop().create_future()

    async def begin(self, start: dict, send: Callable) -> None:
        """Begin the response."""
        await send(start)
        self._begun.set_result(send)
        # Without an empty line: it belongs to the first event. Some readers make an event of a
        # block that has none.
        retry = f"retry: {randint(*RETRY)}\n"  # noqa: S311 - no secret
        await send({"type": "http.response.body", "body": retry.encode(), "more_body": True})

    async def _send_when_begun(self, message: dict) -> None:
        send = self._begun.result() if self._begun.done() else await self._begun
        await send(message)

    def write(self, frame: Frame) -> bool:
        """Send a frame; return whether another would go out at once."""
        if not self._closed:
            make = partial(encode, self.epoch)
            self._put_body(frame.made((encode, self.epoch), make))
        return not self.blocked

    def send_heartbeat(self) -> None:
        """Send a comment, unless something is on its way, so that the connection is not taken for
        dead. It has no empty line either: it is the first line of the next event."""
        if not self._closed and not self.blocked:
            self._put_body(b":\n")

    def _put_body(self, body: bytes) -> None:
        self._put({"type": "http.response.body", "body": body, "more_body": True})

    def close(self, code: int) -> None:
        """End the response after what was written before; `code` is for sockets."""
        if not self._closed:
            self._closed = True
            self._put({"type": "http.response.body", "body": b""})
        self.closed.set()


class EventStream(HttpResponseBase):
    """The response that sends a connection's events until either side ends it."""

    streaming = True

    def __init__(self, connection: Connection, writer: StreamWriter):
        super().__init__(content_type=f"{EVENT_STREAM}; charset=utf-8")
        # For proxies that buffer a response before they pass it on: not this one.
        self["X-Accel-Buffering"] = "no"
        self._connection = connection
        self._writer = writer
        self._timer: asyncio.TimerHandle | None = None

    async def serve(self, start: dict, request: Request, send: Callable) -> None:
        """Send the response, until the client has gone or the connection is closed."""
        try:
            await self._writer.begin(start, send)
            self._schedule_heartbeat()
            await first_of(request.disconnected(), self._closed())
        finally:
            if self._timer:
                self._timer.cancel()
            self._connection.end()
            await self._writer.stop()

    def _schedule_heartbeat(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(HEARTBEAT, self._heartbeat)

    def _heartbeat(self) -> None:
        self._writer.send_heartbeat()
        self._schedule_heartbeat()

    async def _closed(self) -> None:
        await self._writer.closed.wait()
        await self._writer.drained()
