"""uvicorn's HTTP protocol, for answers that do not end by themselves."""

import os
import socket

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Seconds after which a client counts as gone whose machine does not confirm what was sent. A
# stream of events has no pings: without this a dead reader was present for a quarter of an hour.
UNCONFIRMED = 40


class HttpProtocol(HttpToolsProtocol):
    """One connection.

    `stopping`, in the application's lifespan state, ends what would not end: uvicorn waits for
    the answers that are under way, so a stream would hold up every restart.
    """

    def connection_made(self, transport):
        super().connection_made(transport)
        notice_death(transport.get_extra_info("socket"))

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
