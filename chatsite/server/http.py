"""uvicorn's HTTP protocol with limits of time and size, and an end of streams on shutdown."""

import asyncio
import logging
import resource

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from chat.rules.notices import Notice
from chatsite.server.fixes import FixedHttp

logger = logging.getLogger(__name__)

# Seconds and bytes for a request's line and headers. uvicorn has no limits of its own: 20 clients
# with endless headers cost 480 MB.
HEAD_WITHIN = 10
MAX_HEAD = 64 * 1024
# Seconds for a body, and bytes of what is sent around it: the sizes of its chunks, and trailers.
BODY_WITHIN = 60
MAX_AROUND_BODY = 1024 * 1024
# Open files that are left to the database, Redis and the static files. Without them every request
# fails, and uvloop closes connections that it cannot accept without a word.
RESERVED_FILES = 64
OUT_OF_FILES = Notice(
    logger,
    "A connection was closed, as this process may open only %d files: raise LimitNOFILE, or "
    "ulimit -n.",
)
TOO_SLOW = (408, "The request took too long to come.")
TOO_LARGE = (431, "The request's address and headers are too large.")


class HttpProtocol(FixedHttp):
    """One connection.

    On shutdown it calls `stopping` from the application's lifespan state, which ends the event
    streams: uvicorn waits for open responses, so a stream would delay every restart.
    """

    # Bytes received of a request without those of its body; None between requests.
    _overhead: int | None = None
    _in_head = False
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport):
        super().connection_made(transport)
        if is_beyond_limit(transport.get_extra_info("socket")):
            transport.close()
            return
        self._start_timer(HEAD_WITHIN)

    def connection_lost(self, exc):
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data):
        if self._overhead is not None:
            self._overhead += len(data)
        super().data_received(data)
        if (self._overhead or 0) > (MAX_HEAD if self._in_head else MAX_AROUND_BODY):
            self._refuse(*TOO_LARGE)

    def on_message_begin(self):
        super().on_message_begin()
        self._overhead, self._in_head = 0, True
        self._start_timer(HEAD_WITHIN)

    def on_header(self, name, value):
        # Trailers mean nothing here, and are not kept.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self):
        self._in_head = False
        self._start_timer(BODY_WITHIN)
        super().on_headers_complete()

    def on_body(self, body):
        self._overhead -= len(body)
        super().on_body(body)

    def on_message_complete(self):
        self._overhead = None
        self._stop_timer()
        super().on_message_complete()

    def handle_websocket_upgrade(self):
        self._stop_timer()
        super().handle_websocket_upgrade()

    def _start_timer(self, seconds: int):
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._on_timeout, seconds)

    def _stop_timer(self):
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _on_timeout(self, seconds: int):
        if self.flow.read_paused:
            # The server does not read: the client is not to blame.
            self._start_timer(seconds)
        else:
            self._refuse(*TOO_SLOW)

    def _refuse(self, status: int, sentence: str):
        """Close the connection; first send a response, if one to this request can still begin."""
        has_response = self._overhead is None or self._is_responding()
        if not has_response and not self.transport.is_closing():
            head = [
                *("content-type: text/plain; charset=utf-8", "connection: close"),
                *(f"content-length: {len(sentence)}", "", sentence),
            ]
            self.transport.write(STATUS_LINE[status] + "\r\n".join(head).encode())
        self.transport.close()

    def _is_responding(self) -> bool:
        """Whether a response has begun or is due: to this request, or to one before it."""
        if self.cycle is None:
            return False
        if self._in_head:
            return not self.cycle.response_complete
        return self.cycle.response_started or bool(self.pipeline)

    def shutdown(self):
        super().shutdown()
        if stopping := self.app_state.get("stopping"):
            stopping()


def is_beyond_limit(sock) -> bool:
    """Return whether a connection has one of the last files that this process may open; log it.

    A new file has the lowest number that is free.
    """
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if sock is None or allowed == resource.RLIM_INFINITY:
        return False
    if sock.fileno() < allowed - RESERVED_FILES:
        return False
    OUT_OF_FILES.warn(allowed)
    return True
