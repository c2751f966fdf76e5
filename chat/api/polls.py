"""Long poll: what one waits for, in one answer, over and over."""

import asyncio

from pydantic import BaseModel

from chat.api.readers import Reader
from chat.api.requests import Request, first_of
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol import (
    ErrorEvent,
    Event,
    Frame,
    JoinedEvent,
    MessageEvent,
    PresenceEvent,
    RoomEvent,
    SiteEvent,
    TypingEvent,
    User,
)
from chat.protocol import Room as RoomObject
from chat.rules.errors import ChatError, unavailable


class State(BaseModel):
    """Where a poller is with a room, and how the room was when the poll began."""

    version: int
    epoch: str
    reset: bool
    room: RoomObject
    more: bool
    members: list[User]
    count: int


class Poll(State):
    events: list[MessageEvent | PresenceEvent | TypingEvent | RoomEvent | SiteEvent]


class Basket:
    """A writer that keeps encoded events until there are some to answer with."""

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


class PollReader(Reader):
    """A reader for the time of one answer."""

    def __init__(self, running: ChatServer, request: Request):
        self._basket = Basket()
        super().__init__(running, self._basket, request)
        self._request = request
        self._joined_as: JoinedEvent | None = None
        self._error: ErrorEvent | None = None

    def tell(self, event: Event) -> None:
        """Take what is this connection's own; of that nothing is passed on as it is."""
        if isinstance(event, JoinedEvent):
            self._take(event)
        elif isinstance(event, ErrorEvent):
            self._error = event
            self._basket.filled.set()

    def _take(self, joined: JoinedEvent) -> None:
        self._joined_as = joined
        if joined.reset:
            self._basket.events.clear()
        slug = joined.room.slug
        changes = [MessageEvent(room=slug, version=m.version, message=m) for m in joined.messages]
        self._basket.events += [event.encode() for event in changes]
        if changes or joined.reset:
            self._basket.filled.set()

    async def answer(self, room: Room, after: int | None, epoch: str | None, seconds: float) -> str:
        """Give what is new since `after` of `epoch`, as soon as there is anything, as JSON.

        After so many seconds, nothing new is the answer. Raises ChatError.
        """
        try:
            await self.join(room, after, epoch, None)
            if not self._basket.filled.is_set():
                await first_of(
                    self._basket.filled.wait(), self._request.abandoned(), seconds=seconds
                )
            return self._summed_up(room)
        finally:
            self.end()

    def _summed_up(self, room: Room) -> str:
        if self._error:
            raise ChatError(self._error.code, self._error.message)
        joined, follower = self._joined_as, self.rooms.get(room.pk)
        if joined is None:
            raise unavailable()
        state = State(
            version=follower.version if follower else joined.room.version,
            epoch=joined.room.epoch,
            reset=joined.reset,
            room=joined.room,
            more=joined.more,
            members=joined.members,
            count=joined.count,
        )
        return f'{{"events":[{",".join(self._basket.events)}],{state.model_dump_json()[1:]}'
