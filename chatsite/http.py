"""uvicorn's HTTP protocol, for answers that do not end by themselves, and heads that do not."""

import asyncio
import os
import socket

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

# Seconds after which a client counts as gone whose machine does not confirm what was sent. A
# stream of events has no pings: without this a dead reader was present for a quarter of an hour.
UNCONFIRMED = 40

# Seconds for a request's line and headers, and how many bytes of them are read on for. uvicorn
# has no limits of its own: 20 clients with endless headers cost 480 MB.
HEAD_WITHIN = 10
MAX_HEAD = 64 * 1024
TOO_SLOW = (408, "The request took too long to come.")
TOO_LARGE = (431, "The request's address and headers are too large.")


class HttpProtocol(HttpToolsProtocol):
    """One connection.

    `stopping`, in the application's lifespan state, ends what would not end: uvicorn waits for
    the answers that are under way, so a stream would hold up every restart.
    """

    # How much of a head has come since its first piece; nothing where none is under way.
    _head_size: int | None = None
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport):
        super().connection_made(transport)
        notice_death(transport.get_extra_info("socket"))
        self._await_head()

    def connection_lost(self, exc):
        self._end_head()
        super().connection_lost(exc)

    def data_received(self, data):
        if self._head_size is not None:
            self._head_size += len(data)
        super().data_received(data)
        if (self._head_size or 0) > MAX_HEAD:
            self._refuse_head(*TOO_LARGE)

    def on_message_begin(self):
        super().on_message_begin()
        self._head_size = 0
        self._await_head()

    def on_headers_complete(self):
        self._head_size = None
        self._end_head()
        super().on_headers_complete()

    def handle_websocket_upgrade(self):
        super().handle_websocket_upgrade()
        # The parser holds this object, whose work is done; else both wait for the collector.
        self.parser = None

    def _await_head(self):
        self._end_head()
        self._head_timer = self.loop.call_later(HEAD_WITHIN, self._refuse_head, *TOO_SLOW)

    def _end_head(self):
        if self._head_timer:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse_head(self, status: int, sentence: str):
        """Hang up, with a word to who has begun to ask and is not being answered yet."""
        answering = self.cycle and not self.cycle.response_complete
        if self._head_size is not None and not answering and not self.transport.is_closing():
            head = [
                *("content-type: text/plain; charset=utf-8", "connection: close"),
                *(f"content-length: {len(sentence)}", "", sentence),
            ]
            self.transport.write(STATUS_LINE[status] + "\r\n".join(head).encode())
        self.transport.close()

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
