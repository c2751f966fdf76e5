"""daphne's server, whose `send` waits while the client does not read, and drops nothing.

daphne keeps all that it is given for such a client in memory, and tells nobody: 8 MB of a busy
room were 6.8 MB for each. Here its readers are left behind and sent away as uvicorn's are.
"""

import asyncio
from contextlib import contextmanager

from daphne.server import Server


class Flow:
    """A line's word on whether it takes more: Twisted's push producer, of which it has one."""

    def __init__(self):
        self.open = asyncio.Event()
        self.open.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's names
        self.open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        self.open.set()

    # Nobody waits for a line that is gone.
    stopProducing = resumeProducing  # noqa: N815


class PatientServer(Server):
    """What `runserver` starts."""

    async def handle_reply(self, protocol, message):
        if message["type"] != "websocket.send":
            await super().handle_reply(protocol, message)
        else:
            if flow := getattr(protocol, "flow", None):
                await flow.open.wait()
            with unlimited(protocol):
                await super().handle_reply(protocol, message)
        if message["type"] == "websocket.accept" and protocol.transport is not None:
            # Until now the handshake's HTTP had the place.
            protocol.flow = Flow()
            protocol.transport.unregisterProducer()
            protocol.transport.registerProducer(protocol.flow, True)


@contextmanager
def unlimited(protocol):
    """Let a message of any size out: Autobahn drops those over the limit for what comes in.

    Nothing else happens meanwhile: daphne's method awaits nothing.
    """
    limit, protocol.maxMessagePayloadSize = protocol.maxMessagePayloadSize, 0
    try:
        yield
    finally:
        protocol.maxMessagePayloadSize = limit
