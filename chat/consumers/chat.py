"""The WebSocket consumer of the protocol: JSON commands in, frames of JSON events out."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie

from chat.connection.commands.runner import CommandRunner
from chat.connection.connection import Connection, Visitor
from chat.connection.output import Output
from chat.connection.writers import SocketWriter
from chat.live import server
from chat.protocol import MAX_FRAME
from chat.rules.errors import CloseCode

# Of the sockets, for clients that have to offer one; the address says which of them it is.
SUBPROTOCOL = "chat"


class ChatConsumer(AsyncWebsocketConsumer):
    """One socket: reads its frames and runs them as commands of a Connection, which does the rest.

    Of Channels it uses the routing (`as_asgi`, the URL's arguments in the scope), `accept`, and
    the names of the methods. It replaces the loop, for three reasons that grow with the number of
    sockets: Channels' dispatch makes tasks for every frame; it visits the one shared database
    thread for every frame, where one slow query delays everybody's; and it subscribes every
    connection to the channel layer, while here a process has one channel, and its feed follows
    the rooms for all of its connections (docs/architecture.md). For the same reason it has no
    groups: `channel_layer`, `channel_name` and handlers of layer messages do not exist here.
    """

    writer_class = SocketWriter

    async def __call__(self, scope, receive, send):
        """Serve the socket until it ends."""
        self.scope, self.base_send = scope, send
        await receive()  # websocket.connect
        await self.connect()
        try:
            await self.accept(subprotocol(self.scope))
            if self.connection.admit():
                await self.greet()
            while (message := await receive())["type"] == "websocket.receive":
                await self.receive(message.get("text"), message.get("bytes"))
                # From a client that does not read, nothing more is read either.
                if self.writer.blocked:
                    await self.writer.drained()
        finally:
            await self.disconnect(None)

    async def connect(self):
        raw_socket = self.scope.get("extensions", {}).get("chatsite.frames")
        self.writer = self.writer_class(
            self.base_send, lambda: self.connection.drained(), raw_socket
        )
        self.connection = Connection(
            await server.current(), Output(self.writer), visitor(self.scope)
        )
        self.commands = CommandRunner(self.connection)

    async def greet(self):
        """Do what comes before the client's first frame: nothing, the client sends `hello`."""

    async def receive(self, text_data=None, bytes_data=None):
        if text_data is None:
            self.connection.close(CloseCode.UNSUPPORTED_DATA)
        elif len(text_data.encode("utf-8", "surrogatepass")) > MAX_FRAME:
            self.connection.close(CloseCode.TOO_BIG)
        else:
            await self.receive_text(text_data)

    async def receive_text(self, text: str):
        """Handle the text of one frame: a command."""
        await self.commands.run_command(text)

    async def disconnect(self, code):
        self.connection.end()
        await self.writer.stop()


def subprotocol(scope) -> str | None:
    """Return the subprotocol to choose of those that a client offers.

    A browser closes a socket on which none of them was chosen.
    """
    return SUBPROTOCOL if SUBPROTOCOL in scope.get("subprotocols", ()) else None


def visitor(scope) -> Visitor:
    """Return what the handshake says of a client: its address, and its session on our own pages."""
    address = (scope.get("client") or ("",))[0]
    return Visitor(address, session_key(scope) if scope.get("own_origin") else None)


def session_key(scope) -> str | None:
    """Return the key of the session in the cookie of a request, whoever may have sent it."""
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(header.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
