"""The WebSocket door: JSON commands in, frames of JSON events out."""

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.http import parse_cookie

from chat.connection.commands import Commands
from chat.connection.connection import Connection, Visitor
from chat.connection.writers import SocketWriter
from chat.live import server
from chat.protocol import MAX_FRAME
from chat.rules.errors import CloseCode


class ChatConsumer(AsyncWebsocketConsumer):
    """One socket. What is said over it is the business of its Connection.

    The consumer has no channel of its own: the process's feed follows the rooms for everybody.
    """

    channel_layer_alias = "none"
    writer_class = SocketWriter

    async def __call__(self, scope, receive, send):
        """Serve the socket until it ends.

        A plain loop instead of Channels' dispatch, which starts tasks and visits the one
        database thread for every frame.
        """
        self.scope, self.base_send = scope, send
        await receive()
        await self.connect()
        try:
            await self.accept()
            if self.connection.admit():
                await self.enter()
            while (message := await receive())["type"] == "websocket.receive":
                await self.receive(message.get("text"), message.get("bytes"))
                # A client that does not read is not listened to either.
                if self.writer.blocked:
                    await self.writer.drained()
        finally:
            await self.disconnect(None)

    async def connect(self):
        line = self.scope.get("extensions", {}).get("chatsite.frames")
        self.writer = self.writer_class(self.base_send, lambda: self.connection.drained(), line)
        self.connection = Connection(await server.current(), self.writer, visitor(self.scope))
        self.commands = Commands(self.connection)

    async def enter(self):
        """Do what comes before the client says anything: nothing, it says hello first."""

    async def receive(self, text_data=None, bytes_data=None):
        if text_data is None:
            self.connection.close(CloseCode.UNSUPPORTED_DATA)
        elif len(text_data.encode("utf-8", "surrogatepass")) > MAX_FRAME:
            self.connection.close(CloseCode.TOO_BIG)
        else:
            await self.hear(text_data)

    async def hear(self, text):
        """Take one frame: a command."""
        await self.commands.receive(text)

    async def disconnect(self, code):
        self.connection.end()
        await self.writer.stop()


def visitor(scope) -> Visitor:
    """Give what the handshake tells of a client: its address, and its session on our own pages."""
    address = (scope.get("client") or ("",))[0]
    return Visitor(address, _session_key(scope) if scope.get("own_origin") else None)


def _session_key(scope) -> str | None:
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(header.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
