"""uvicorn's HTTP protocol, for answers that do not end by themselves, and heads that do not."""

import asyncio
import os
import socket

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

# Seconds after which a client counts as gone whose machine does not confirm what was sent. A
# stream of events has no pings: without this a dead reader was present for a quarter of an hour.
UNCONFIRMED = 40

# Seconds for a request's line and headers, and how many bytes of them are read on for. uvicorn
# has no limits of its own: 20 clients with endless headers cost 480 MB.
HEAD_WITHIN = 10
MAX_HEAD = 64 * 1024
# The same for a body, and for what is sent with it: the sizes of its parts, and headers behind it.
BODY_WITHIN = 60
MAX_AROUND_BODY = 1024 * 1024
TOO_SLOW = (408, "The request took too long to come.")
TOO_LARGE = (431, "The request's address and headers are too large.")


class HttpProtocol(HttpToolsProtocol):
    """One connection.

    `stopping`, in the application's lifespan state, ends what would not end: uvicorn waits for
    the answers that are under way, so a stream would hold up every restart.
    """

    # How much of a request has come beside its body; nothing where none is coming.
    _overhead: int | None = None
    _in_head = False
    _timer: asyncio.TimerHandle | None = None
    # Of several requests at once, the one whose answer is under way; `cycle` is the last of them.
    _answered: RequestResponseCycle | None = None

    def connection_made(self, transport):
        super().connection_made(transport)
        notice_death(transport.get_extra_info("socket"))
        self._wait_at_most(HEAD_WITHIN)

    def connection_lost(self, exc):
        self._wait_no_more()
        super().connection_lost(exc)
        if self._answered and not self._answered.response_complete:
            # uvicorn tells the last request alone. One that others waited behind wrote on, which
            # uvloop takes for an error, and its reader was present for ever.
            self._answered.disconnected = True
            self._answered.message_event.set()
        self._answered = None

    def _start_asgi_task(self, cycle, app):
        self._answered = cycle
        super()._start_asgi_task(cycle, app)

    def data_received(self, data):
        if self._overhead is not None:
            self._overhead += len(data)
        super().data_received(data)
        if (self._overhead or 0) > (MAX_HEAD if self._in_head else MAX_AROUND_BODY):
            self._refuse(*TOO_LARGE)

    def on_message_begin(self):
        super().on_message_begin()
        self._overhead, self._in_head = 0, True
        self._wait_at_most(HEAD_WITHIN)

    def on_header(self, name, value):
        # Headers behind a body mean nothing here, and are not kept.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self):
        self._in_head = False
        self._wait_at_most(BODY_WITHIN)
        super().on_headers_complete()

    def on_body(self, body):
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self):
        self._overhead = None
        self._wait_no_more()
        super().on_message_complete()

    def handle_websocket_upgrade(self):
        self._wait_no_more()
        super().handle_websocket_upgrade()
        # The parser holds this object, whose work is done; else both wait for the collector.
        self.parser = None

    def _wait_at_most(self, seconds: int):
        self._wait_no_more()
        self._timer = self.loop.call_later(seconds, self._waited, seconds)

    def _wait_no_more(self):
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _waited(self, seconds: int):
        if self.flow.read_paused:
            # It is this side that does not read.
            self._wait_at_most(seconds)
        else:
            self._refuse(*TOO_SLOW)

    def _refuse(self, status: int, sentence: str):
        """Hang up, with a word to who has begun to ask and is not being answered yet."""
        if self._overhead is not None and not self._answering() and not self.transport.is_closing():
            head = [
                *("content-type: text/plain; charset=utf-8", "connection: close"),
                *(f"content-length: {len(sentence)}", "", sentence),
            ]
            self.transport.write(STATUS_LINE[status] + "\r\n".join(head).encode())
        self.transport.close()

    def _answering(self) -> bool:
        """Whether an answer is under way: to this request, or to one before it."""
        if self.cycle is None:
            return False
        if self._in_head:
            return not self.cycle.response_complete
        return self.cycle.response_started or bool(self.pipeline)

    def shutdown(self):
        super().shutdown()
        if stopping := self.app_state.get("stopping"):
            stopping()


def notice_death(line) -> None:
    """Let the system end a line whose other side is silent (RFC 5482), where it can."""
    if line is None or line.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if option := getattr(socket, "TCP_USER_TIMEOUT", None):
        # uvloop's own object for it takes no options.
        with socket.socket(fileno=os.dup(line.fileno())) as same:
            same.setsockopt(socket.IPPROTO_TCP, option, UNCONFIRMED * 1000)
