"""WebSockets of sessions: the upgrade from polling, and reading."""

import asyncio
from collections.abc import Callable

from chat.consumers.socketio.packets import PROBE, PROBED, UPGRADE, Packets
from chat.consumers.socketio.sessions import Session
from chat.consumers.socketio.transports import WebSocketTransport
from chat.rules.errors import CloseCode

UPGRADE_WITHIN = 10.0


async def try_upgrade(session: Session, transport: WebSocketTransport, receive: Callable) -> bool:
    """Move a session to a WebSocket once that works; return whether it did.

    Where it breaks or is silent the session goes on polling, as before.
    """
    polling = session.polling
    try:
        async with asyncio.timeout(UPGRADE_WITHIN):
            if await _receives(PROBE, receive):
                transport.write(Packets([PROBED]))
                polling.begin_upgrade()
                if await _receives(UPGRADE, receive) and not session.closed:
                    session.upgrade(transport)
    except TimeoutError:
        pass
    finally:
        if session.transport is polling:
            polling.end_upgrade()
    if session.transport is not transport:
        transport.close(CloseCode.MALFORMED)
    return session.transport is transport


async def _receives(packet: str, receive: Callable) -> bool:
    return (await receive()).get("text") == packet


async def read_packets(session: Session, transport: WebSocketTransport, receive: Callable) -> None:
    """Handle packets until the socket ends."""
    while (message := await receive())["type"] == "websocket.receive":
        text = message.get("text")
        if text is None:
            session.on_misuse(CloseCode.UNSUPPORTED_DATA)
        else:
            await session.receive(text)
        # From a client that does not read, nothing more is read either.
        if transport.blocked:
            await transport.drained()
