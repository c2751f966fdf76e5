"""uvicorn's protocols with the gaps closed that are uvicorn's own, until it closes them itself.

What the chat adds to them is in http.py and websocket.py.
"""

import logging
from ipaddress import IPv6Address

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

# uvicorn and websockets log every socket that opens and closes; settings.py silences this logger.
logger = logging.getLogger("uvicorn.sockets")

# Seconds that a client has for the close frame: one that answers no ping, and any at a shutdown.
CLOSE_WITHIN = 1
# Seconds more for one that does not read either: the chat closes its socket with a reason, 4408.
LEFT_TO_THE_CHAT = 4
# Seconds by which a timer may be early.
EARLY = 0.01

NO_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def unmapped(client: tuple[str, int] | None) -> tuple[str, int] | None:
    """Return the address of a client; of one that came over IPv4 to a socket for both, its IPv4.

    TRUSTED_PROXIES and the limits know no ::ffff:127.0.0.1.
    """
    if client is None or not client[0].startswith("::ffff:"):
        return client
    mapped = IPv6Address(client[0]).ipv4_mapped
    return (str(mapped), client[1]) if mapped else client


class FixedHttp(HttpToolsProtocol):
    """Notifies the right one of several pipelined requests when its client disconnects."""

    # The request that is being responded to; uvicorn's `cycle` is the last of those received.
    _responding: RequestResponseCycle | None = None

    def connection_made(self, transport):
        super().connection_made(transport)
        self.client = unmapped(self.client)

    def _start_asgi_task(self, cycle, app):
        self._responding = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc):
        super().connection_lost(exc)
        if self._responding and not self._responding.response_complete:
            # uvicorn notifies the last request only. An earlier one went on writing, which uvloop
            # takes for an error, and its reader was present for ever.
            self._responding.disconnected = True
            self._responding.message_event.set()
        self._responding = None

    def handle_websocket_upgrade(self):
        super().handle_websocket_upgrade()
        # The parser and this object, whose work is done, refer to each other: without this both
        # wait for the garbage collector.
        self.parser = None


class FixedWebSocket(WebSocketsSansIOProtocol):
    """Answers handshakes that cannot be parsed, cuts dead clients off, frees memory early, and
    lets clients read why a process that stops closes their sockets."""

    # Objects of a class share the names of up to 30 attributes. uvicorn's has 37: without these
    # slots, some of which are its own, each socket has a dictionary that takes 1.3 KB more.
    __slots__ = (
        "_late_pong",
        "app_state",
        "asgi_version",
        "close_timeout",
        "close_timer",
        "connections",
        "curr_msg_data_type",
        "default_headers",
        "disconnected",
        "heard_at",
        "initial_response",
        "last_ping_rtt",
        "root_path",
        "scheme",
        "tasks",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.logger = self.conn.logger = logger
        self._late_pong = b""

    def connection_made(self, transport) -> None:
        super().connection_made(transport)
        self.client = unmapped(self.client)

    def receive_handshake(self, data: bytes) -> None:
        """Parse the request; uvicorn sends no response to one that websockets cannot parse."""
        super().data_received(data)
        if not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()) or NO_HANDSHAKE)
            self.transport.close()

    async def send(self, message: dict) -> None:
        await super().send(message)
        if message["type"] == "websocket.http.response.body" and self.close_sent:
            # uvicorn would log an application that left the handshake without a response.
            self.handshake_complete = True

    def start_keepalive(self) -> None:
        # The handshake is over, and what it said is no longer needed: 2 KB. websockets keeps the
        # request itself to the end.
        self.request.headers.clear()
        self.request = self.response = None
        self.heard_at = self.loop.time()
        super().start_keepalive()

    def schedule_ping(self) -> None:
        """Ping a client once it has been silent for a while: one that sends something is alive.

        uvicorn pings everybody, however much they send.
        """
        due = self.heard_at + self.ping_interval
        self.ping_timer = self.loop.call_at(due, self.send_keepalive_ping)

    def send_keepalive_ping(self) -> None:
        if self.loop.time() < self.heard_at + self.ping_interval - EARLY:
            self.schedule_ping()
        else:
            super().send_keepalive_ping()

    def handle_ping(self) -> None:
        """Answer a ping. A client that does not read is sent the last pong only, once it reads.

        RFC 6455, section 5.5.3, allows that; uvicorn's pongs pile up in memory.
        """
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
        else:
            self._late_pong = pong

    def resume_writing(self) -> None:
        super().resume_writing()
        self.heard_at = self.loop.time()
        if self._late_pong and not self.transport.is_closing():
            self.transport.write(self._late_pong)
        self._late_pong = b""

    def keepalive_timeout(self) -> None:
        """Close a dead client's socket, even if what was written to it will never be sent.

        A slow one, that sends or reads other things before the ping, is not dead.
        """
        silence = self.loop.time() - self.ping_sent_at
        if self.heard_at > self.ping_sent_at:
            self.pong_timer = self.pending_ping_payload = None
            self.schedule_ping()
        elif not self.writable.is_set() and silence < self.ping_timeout + LEFT_TO_THE_CHAT - EARLY:
            self.pong_timer = self.loop.call_later(LEFT_TO_THE_CHAT, self.keepalive_timeout)
        else:
            self._cut_off()

    def _cut_off(self) -> None:
        super().keepalive_timeout()
        self.loop.call_later(CLOSE_WITHIN, self.transport.abort)

    def shutdown(self) -> None:
        """Send the close code, and read on until the client answers, for CLOSE_WITHIN at most.

        uvicorn closes the connection at once. What the client has just sent then resets it, and
        the client may lose the close code that it has not read yet.
        """
        if not self.handshake_complete:
            super().shutdown()
        elif not self.transport.is_closing():
            self.stop_keepalive()
            self._send_close(CloseCode.SERVICE_RESTART)
            if self.close_timer:
                self.close_timer.cancel()
            self.close_timer = self.loop.call_later(CLOSE_WITHIN, self.transport.close)

    def _send_close(self, code: int) -> None:
        if not self.close_sent:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": code})
            self.conn.send_close(code)
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # The parser and `conn` refer to each other: without this a socket's 20 KB wait for the
        # garbage collector, which runs seldom (chatsite/asgi.py).
        self.conn.parser.close()
