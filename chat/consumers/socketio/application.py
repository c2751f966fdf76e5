"""The ASGI application in front of the others: what is at ADDRESS is Socket.IO's.

python-socketio's server is not used, as the transports of a chat need what it has not: see “A
Socket.IO client is a connection like all others” in docs/architecture.md.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qs

from chat.connection.connection import Connection, Visitor
from chat.consumers.chat import visitor
from chat.consumers.origin import OriginCheck
from chat.consumers.refusals import refuse_handshake
from chat.consumers.socketio import polling
from chat.consumers.socketio.client import Client
from chat.consumers.socketio.output import PacketOutput
from chat.consumers.socketio.refusals import UNKNOWN_SESSION, Refused, check_version
from chat.consumers.socketio.sessions import Session, find_session
from chat.consumers.socketio.transports import PollingTransport, WebSocketTransport
from chat.consumers.socketio.websocket import read_packets, try_upgrade
from chat.live import server
from chat.rules.errors import ChatError

ADDRESS = "/socket.io"


class SocketIOApplication:
    """Serves Socket.IO clients, over HTTP and over WebSockets; everything else it passes on.

    The browser's client (`/socket.io/socket.io.js`) is a page of Django's.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]):
        self._application = application
        self._sockets = OriginCheck(serve_socket)

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] not in ("http", "websocket") or not is_ours(scope):
            await self._application(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._sockets(scope, receive, send)
        else:
            await polling.serve_request(scope, receive, send, open_session)


def is_ours(scope: dict) -> bool:
    """Return whether a request or a socket is at the address, with or without the last slash."""
    return scope["path"].removeprefix(scope.get("root_path", "")) in (ADDRESS, f"{ADDRESS}/")


async def open_session(who: Visitor) -> Session:
    """Return a session for a client that was not here before. Raises ChatError for one too many."""
    running, session = await server.current(), Session()
    out = PacketOutput(session)
    connection = Connection(running, out, who)
    session.transport = PollingTransport(connection.drained)
    session.on_drain, session.on_end = connection.drained, connection.end
    session.on_misuse, session.on_session_key = connection.close, connection.note_session
    session.hold_place = partial(running.limiter.add_connection, who.address)
    session.free_place = partial(running.limiter.remove_connection, who.address)
    refusal = running.registry.refusal_to_connect(connection, None, running.configuration)
    if refusal:
        session.end()
        raise refusal
    client = Client(connection, out)
    session.receive_message, session.on_end = client.receive, client.end
    return session


async def new_session(query: dict, who: Visitor) -> Session:
    """Return a session for a new client. Raises Refused and ChatError."""
    check_version(query)
    return await open_session(who)


async def polling_session(query: dict, who: Visitor) -> Session:
    """Return the session that is to go on over a WebSocket. Raises Refused."""
    session = find_session(query["sid"][0])
    if session is None or session.has_socket or session.closed:
        raise Refused(*UNKNOWN_SESSION)
    session.has_socket = True
    session.watch_reader()
    session.on_session_key(who.session_key)
    return session


async def serve_socket(scope: dict, receive: Callable, send: Callable) -> None:
    """Serve a WebSocket: a new client's, or that of a session which was polling until now."""
    await receive()  # websocket.connect
    query = parse_qs(scope["query_string"].decode(errors="replace"))
    is_new = "sid" not in query
    try:
        session = await (new_session if is_new else polling_session)(query, visitor(scope))
    except Refused as refused:
        await refuse_handshake(scope, send, refused.status, refused.sentence)
    except ChatError as error:
        await refuse_handshake(scope, send, HTTPStatus(error.status), error.message)
    else:
        raw_socket = scope.get("extensions", {}).get("chatsite.frames")
        transport = WebSocketTransport(send, lambda: session.on_drain(), raw_socket)
        try:
            await send({"type": "websocket.accept"})
            if is_new:
                session.open(transport)
            elif not await try_upgrade(session, transport, receive):
                return
            await read_packets(session, transport, receive)
        finally:
            session.has_socket = False
            session.watch_reader()
            if is_new or session.transport is transport:
                session.end()
            await transport.stop()
