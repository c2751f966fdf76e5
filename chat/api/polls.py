"""Long polling: each response has what is new, or comes when there is something new."""

import asyncio

from pydantic import BaseModel

from chat.api.readers import join_as_reader, reader_connection
from chat.api.requests import Request, first_of
from chat.connection.output import Output
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol import (
    ErrorEvent,
    Event,
    Frame,
    JoinedEvent,
    LeftEvent,
    MessageEvent,
    NoticeEvent,
    PresenceEvent,
    ReactedEvent,
    ReadEvent,
    RenamedEvent,
    RoomEvent,
    SiteEvent,
    TypingEvent,
    User,
)
from chat.protocol import Room as RoomObject
from chat.protocol.events import optional
from chat.protocol.objects import Mine
from chat.rules.errors import ChatError, unavailable


class State(BaseModel):
    """The version up to which the poll's events go, and the room as it was when the poll began."""

    version: int
    epoch: str
    reset: bool
    room: RoomObject
    more: bool
    members: list[User]
    count: int
    mine: Mine = optional()


class Poll(State):
    """What happened in the room; and in others what the caller's own events say, as in a stream."""

    events: list[
        MessageEvent
        | PresenceEvent
        | RenamedEvent
        | TypingEvent
        | RoomEvent
        | SiteEvent
        | LeftEvent
        | ReactedEvent
        | ReadEvent
        | NoticeEvent
    ]


class EventBuffer:
    """A writer that collects encoded events; `filled` is set with the first, or at the end."""

    blocked = False

    def __init__(self):
        self.events: list[str] = []
        self.filled = asyncio.Event()

    def write(self, frame: Frame) -> bool:
        self.events += frame.events
        self.filled.set()
        return True

    def close(self, code: int) -> None:
        self.filled.set()


class PollOutput(Output):
    """Takes the replies to a connection's own commands apart: the response says it otherwise."""

    def __init__(self, buffer: EventBuffer):
        super().__init__(buffer)
        self._buffer = buffer
        self.joined: JoinedEvent | None = None
        self.error: ErrorEvent | None = None

    def send(self, event: Event) -> None:
        if isinstance(event, JoinedEvent):
            self._take(event)
        elif isinstance(event, ErrorEvent):
            self.error = event
            self._buffer.filled.set()
        elif isinstance(event, LeftEvent):
            # The person's own wish, else an error came before. The next poll would join again.
            self.send_encoded(event.encode())

    def _take(self, joined: JoinedEvent) -> None:
        self.joined = joined
        if joined.reset:
            self._buffer.events.clear()
        self._buffer.events += [event.encode() for event in joined.changes()]
        if joined.messages or joined.reset:
            self._buffer.filled.set()


class PollReader:
    """A reader for the duration of one poll."""

    def __init__(self, running: ChatServer, request: Request):
        self._request = request
        self._buffer = EventBuffer()
        self._out = PollOutput(self._buffer)
        self._connection = reader_connection(running, request, self._out)

    async def poll(self, room: Room, after: int | None, epoch: str | None, seconds: float) -> str:
        """Return what is new since `after` of `epoch`, as the JSON of a Poll.

        Returns as soon as there is anything new, else after so many seconds. Raises ChatError.
        """
        try:
            await join_as_reader(self._connection, room, after, epoch)
            if not self._buffer.filled.is_set():
                await first_of(
                    self._buffer.filled.wait(), self._request.disconnected(), seconds=seconds
                )
            return self._response(room)
        finally:
            self._connection.end()

    def _response(self, room: Room) -> str:
        if error := self._out.error:
            raise ChatError(error.code, error.message, retry_after=error.retry_after)
        joined, follower = self._out.joined, self._connection.rooms.get(room.pk)
        if joined is None:
            raise unavailable()
        state = State(
            version=follower.version if follower else joined.room.version,
            epoch=joined.room.epoch,
            reset=joined.reset,
            room=joined.room,
            more=joined.more,
            mine=joined.mine,
            members=joined.members,
            count=joined.count,
        )
        return f'{{"events":[{",".join(self._buffer.events)}],{state.model_dump_json()[1:]}'
