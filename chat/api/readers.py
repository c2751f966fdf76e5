"""Readers over HTTP: connections of somebody who is known already, to one room."""

from chat.api.requests import Request
from chat.api.streams import StreamWriter
from chat.connection.connection import NORMAL_CLOSURE, Connection, Visitor
from chat.connection.output import Output
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol import Event, JoinedEvent


async def join_as_reader(
    connection: Connection, room: Room, after: int | None, epoch: str | None
) -> None:
    """Join a room as a reader that sends no commands: those are requests of their own."""
    await connection.join(room, after, epoch, None)
    if connection.server.stopping:
        # It gets what there is and is not refused: a browser's EventSource would not reconnect.
        connection.close(NORMAL_CLOSURE)


def reader_connection(running: ChatServer, request: Request, out: Output) -> Connection:
    """Return the connection of a request's caller. Raises ChatError for one too many."""
    address, caller = request.META.get("REMOTE_ADDR", ""), request.auth
    visitor = Visitor(address, caller.session_key)
    connection = Connection(running, out, visitor, is_reader=True)
    configuration = running.configuration
    if refusal := running.registry.refusal_to_connect(connection, caller.person, configuration):
        connection.end()
        raise refusal
    connection.adopt(caller.person)
    return connection


class StreamOutput(Output):
    """Sends events as a stream of server-sent events."""

    def __init__(self, writer: StreamWriter):
        super().__init__(writer)
        self._stream = writer

    def send(self, event: Event) -> None:
        if isinstance(event, JoinedEvent):
            self._stream.epoch = event.room.epoch
        super().send(event)


def end_readers(running: ChatServer) -> None:
    """End all streams and polls: the process is about to stop, and their clients reconnect."""
    running.stopping = True
    for connection in tuple(running.registry.connections):
        if connection.is_reader:
            connection.close(NORMAL_CLOSURE)
