"""Backpressure for daphne: `send` waits while the client does not read, and drops nothing.

daphne alone buffers everything for such a client in memory and reports nothing: 8 MB of a busy
room cost 6.8 MB for each. With this, slow readers lag and are disconnected as with uvicorn.
"""

import asyncio
import os
import sys
from contextlib import contextmanager

from chat.management.handshakes import HandshakeServer
from chat.management.preconditions import cannot_listen
from chat.rules.limits import PING_AFTER, PONG_WITHIN


class Flow:
    """Whether a connection takes more bytes: Twisted's push producer, one for each transport."""

    def __init__(self):
        self.writable = asyncio.Event()
        self.writable.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's names
        self.writable.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self.writable.set()

    # Nobody waits for a connection that is gone.
    stopProducing = resumeProducing  # noqa: N815


class BackpressureServer(HandshakeServer):
    """The server that `runserver` starts: it detects dead clients as soon as uvicorn does here, and
    ends where it cannot listen."""

    def __init__(self, *args, **options):
        super().__init__(*args, ping_interval=PING_AFTER, ping_timeout=PONG_WITHIN, **options)

    def listen_error(self, failure):
        """End the process where another took the port since that was found to be free.

        As Django's own server does, from its thread: the reloader would go on to watch the files.
        """
        error = failure.value
        sys.stderr.write(
            f"Refused: {cannot_listen(error.interface, error.port, error.socketError)}\n"
        )
        sys.stderr.flush()
        os._exit(2)

    async def handle_reply(self, protocol, message):
        if message["type"] != "websocket.send":
            await super().handle_reply(protocol, message)
        else:
            if flow := getattr(protocol, "flow", None):
                await flow.writable.wait()
            with unlimited_size(protocol):
                await super().handle_reply(protocol, message)
        if message["type"] == "websocket.accept" and protocol.transport is not None:
            # Until now the producer was that of the handshake's HTTP.
            protocol.flow = Flow()
            protocol.transport.unregisterProducer()
            protocol.transport.registerProducer(protocol.flow, True)


@contextmanager
def unlimited_size(protocol):
    """Allow a message of any size to be sent: Autobahn applies the limit for received ones.

    Nothing else runs meanwhile, as daphne's method awaits nothing.
    """
    limit, protocol.maxMessagePayloadSize = protocol.maxMessagePayloadSize, 0
    try:
        yield
    finally:
        protocol.maxMessagePayloadSize = limit
