"""Connections of readers over HTTP: of somebody whom the door knows already, to one room."""

from chat.api.requests import Request
from chat.api.streams import StreamWriter
from chat.connection.connection import Connection, Visitor
from chat.connection.outlet import Writer
from chat.live.follower import Follower
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol import Event, JoinedEvent

# An answer just ends; codes are for sockets.
ENDED = 0


class Reader(Connection):
    """A connection that follows one room and says nothing; its requests are said elsewhere."""

    def __init__(self, running: ChatServer, writer: Writer, request: Request):
        address, caller = request.META.get("REMOTE_ADDR", ""), request.auth
        super().__init__(running, writer, Visitor(address, caller.session_key))
        if refusal := running.crowded(self, caller.person):
            self.end()
            raise refusal
        self._become(caller.person)

    async def join(self, room: Room, after: int | None, epoch: str | None, id: str | None) -> None:
        await super().join(room, after, epoch, id)
        if self.server.stopping:
            # Told what there is, and not refused: a browser's EventSource would not come back.
            self.close(ENDED)


class StreamReader(Reader):
    """A reader of a stream."""

    def __init__(self, running: ChatServer, request: Request):
        self.writer = StreamWriter(self.drained)
        super().__init__(running, self.writer, request)

    def tell(self, event: Event) -> None:
        if isinstance(event, JoinedEvent):
            self.writer.epoch = event.room.epoch
        super().tell(event)

    def room_gone(self, follower: Follower) -> None:
        super().room_gone(follower)
        self.close(ENDED)


def send_away(running: ChatServer) -> None:
    """End all streams and polls: the process is about to stop, and their clients come back."""
    running.stopping = True
    for connection in tuple(running.connections):
        if isinstance(connection, Reader):
            connection.close(ENDED)
