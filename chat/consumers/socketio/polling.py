"""Requests of sessions: a GET takes what there is or waits for it, a POST brings packets."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable

from chat.connection.connection import Visitor
from chat.consumers.chat import visitor
from chat.consumers.socketio.exchange import ClientGone, Exchange
from chat.consumers.socketio.packets import CLOSE, MESSAGE, SEPARATOR
from chat.consumers.socketio.refusals import (
    BAD_METHOD,
    BAD_REQUEST,
    TOO_FAST,
    TOO_LARGE,
    UNKNOWN_SESSION,
    Refused,
    check_version,
)
from chat.consumers.socketio.sessions import Session, find_session
from chat.consumers.socketio.transports import PollingTransport
from chat.protocol import MAX_FRAME
from chat.rules.errors import ChatError, CloseCode
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

SCATTERED = Notice(
    logger,
    "A client of Socket.IO polled a process that does not know it: let the proxy keep each client "
    "at one process, or the page use WebSockets alone.",
)

# Bytes of a body: several frames, as clients send at once what has waited.
MAX_BODY = 4 * MAX_FRAME
MOST_PACKETS = 1000
# Packets of one request that are handled before others have their turn.
PACKETS_A_TURN = 32
# The longest that a poll is held back where those of an address come too fast: then each has more.
HELD_BACK = 1.0

OpenSession = Callable[[Visitor], Awaitable[Session]]


async def serve_request(
    scope: dict, receive: Callable, send: Callable, open_session: OpenSession
) -> None:
    """Respond to one request."""
    exchange = Exchange(scope, receive, send)
    try:
        await exchange.check()
        body = await _respond(exchange, open_session)
    except ClientGone:
        return
    except Refused as refused:
        await exchange.refuse(refused)
    except ChatError as error:
        await exchange.refuse(Refused(3, error.status, error.message, error.retry_after))
    else:
        await exchange.respond(body)


async def _respond(exchange: Exchange, open_session: OpenSession) -> str:
    """Return the body of a response. Raises Refused, ChatError and ClientGone."""
    method, query = exchange.method, exchange.query
    if method == "OPTIONS":
        return ""
    if method not in ("GET", "POST"):
        raise Refused(*BAD_METHOD)
    # A page that is not on the list could read a response as a script.
    if "j" in query or query.get("transport", ["polling"]) != ["polling"]:
        raise Refused(*BAD_REQUEST)
    if "sid" in query:
        session = find_session(query["sid"][0])
        if session is None:
            if os.environ.get("WEB_CONCURRENCY", "1") != "1":
                SCATTERED.warn()
            raise Refused(*UNKNOWN_SESSION)
        return await (poll if method == "GET" else post)(session, exchange)
    if method == "POST":
        raise Refused(*BAD_METHOD)
    return await _open(exchange, open_session)


async def _open(exchange: Exchange, open_session: OpenSession) -> str:
    check_version(exchange.query)
    await exchange.read_body(0)
    if wait := await exchange.seconds_to_wait():
        raise Refused(*TOO_FAST, wait)
    session = await open_session(visitor(exchange.scope))
    session.open(session.transport)
    return session.polling.take_payload()


async def poll(session: Session, exchange: Exchange) -> str:
    """Return what there is for a client, once there is something."""
    transport = session.polling
    if transport is None or transport.is_read:
        # Two polls at once: nobody can tell which of them the client takes for the first.
        if transport:
            session.end()
        raise Refused(*BAD_REQUEST)
    transport.is_read = True
    session.watch_reader()
    try:
        await exchange.read_body(0)
        if not transport.is_ready:
            await exchange.wait_for(transport.ready())
        await asyncio.sleep(min(await exchange.seconds_to_wait(), HELD_BACK))
    except ClientGone:
        _end_over(transport, session)
        raise
    finally:
        transport.is_read = False
        session.watch_reader()
    payload = transport.take_payload()
    if payload == CLOSE:
        session.end()
    return payload


def _end_over(transport: PollingTransport, session: Session) -> None:
    """End a session whose request was ended, unless it has gone on over a WebSocket."""
    if session.transport is transport:
        session.end()


async def post(session: Session, exchange: Exchange) -> str:
    """Handle the packets that a client sends."""
    transport = session.polling
    if transport is None or transport.is_written:
        # Two requests at once: nobody can tell whose packets come first.
        if transport:
            session.end()
        raise Refused(*BAD_REQUEST)
    transport.is_written = True
    session.watch_reader()
    try:
        packets = await _packets_of(session, exchange)
        session.on_session_key(exchange.session_key)
        for number, packet in enumerate(packets, 1):
            # From a client that does not read, nothing more is read either.
            if session.blocked and packet.startswith(MESSAGE):
                await exchange.wait_for(session.drained())
            await session.receive(packet)
            if number % PACKETS_A_TURN == 0:
                await asyncio.sleep(0)
    except ClientGone:
        _end_over(transport, session)
        raise
    finally:
        transport.is_written = False
    return "ok"


async def _packets_of(session: Session, exchange: Exchange) -> list[str]:
    """Return the packets of a request. Raises Refused where that is too much, and ClientGone."""
    try:
        body = await exchange.read_body(MAX_BODY)
        if body.count(SEPARATOR) < MOST_PACKETS:
            return body.split(SEPARATOR)
    except Refused:
        pass
    session.on_misuse(CloseCode.TOO_BIG)
    raise Refused(*TOO_LARGE)
