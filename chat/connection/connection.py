"""One conversation with one client, whatever the door it came through.

A connection is somebody in some rooms with a way out. Joining, resuming and falling behind are
one operation: hold the follower back, read the log, tell what it gave, release.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from django.db import Error

from chat import protocol
from chat.access import identity
from chat.connection.outlet import Outlet, Writer
from chat.live.follower import Follower
from chat.live.renaming import take_name
from chat.live.server import ChatServer
from chat.log import Excerpt, SignIn
from chat.models import Person, Room
from chat.protocol import Message, User
from chat.rules.errors import ChatError, CloseCode, blocked, not_found, signed_out, unavailable

logger = logging.getLogger(__name__)

HELLO_WITHIN = 15.0
PROGRESS_WITHIN = 30.0
MAX_ROOMS = 100

T = TypeVar("T")


class Visitor(NamedTuple):
    """What a door knows of a client before it says anything."""

    address: str
    session_key: str | None = None


class Connection(Outlet):
    """A client: who they are, the rooms they follow, what they are told."""

    def __init__(self, server: ChatServer, writer: Writer, visitor: Visitor):
        super().__init__(writer)
        self.server = server
        self.visitor = visitor
        self.person: Person | None = None
        self.user: User | None = None
        self.token: str | None = None
        self.sign_in: SignIn | None = None
        self.rooms: dict[int, Follower] = {}
        self._moved: dict[str, str] = {}
        self._replaying: set[asyncio.Task] = set()
        self._next_heads = 0.0
        self.ended = False
        server.limiter.come(visitor.address)
        self._hello_timer = self._loop.call_later(HELLO_WITHIN, self.close, CloseCode.STALLED)

    # Who it is

    async def identify(self, token: str | None, name: str | None) -> None:
        """Find or make the person who speaks. Raises ChatError, and removes the blocked."""
        person, token = await self._person(token or self.token, name)
        if person.is_blocked:
            self.close(CloseCode.REMOVED, blocked())
        elif self.admit(person):
            await self._answered(take_name(self.server, person, name))
        # Others of theirs may have come while this one waited for a name.
        if not self.ended and self.admit(person):
            self.token = token
            self._become(person)

    def admit(self, person: Person | None = None) -> bool:
        """Send one connection too many away; tell whether it may stay."""
        if refusal := self.server.crowded(self, person):
            self.close(CloseCode.FLOODING, refusal)
        return not self.ended

    async def _person(self, token: str | None, name: str | None) -> tuple[Person, str | None]:
        session_key = self.visitor.session_key
        known = session_key or token
        person = known and await self.database(identity.known_person, session_key, token, name)
        if not person:
            return await self.server.committer.new_guest(name)
        return person, token if person.user_id is None else None

    def _become(self, person: Person) -> None:
        if self.user is not None:
            self.server.unregister(self)
        self._hello_timer.cancel()
        # Those who came in together are not told together.
        self._next_heads = self._loop.time() + protocol.HEARTBEAT * random.random()  # noqa: S311
        self.person, self.user = person, User.of(person)
        self.sign_in = identity.sign_in(person, self.visitor.session_key)
        self.server.register(self)

    def renamed(self, user: User) -> None:
        """Go under another name from now on."""
        self.user = user

    # The rooms it is in

    def address_of(self, slug: str) -> str:
        """Give a room's address now, for one that it may have had before."""
        return self._moved.get(slug, slug)

    def follower(self, slug: str) -> Follower:
        """Give this connection's place in a room. Raises ChatError where it is not in it."""
        address = self.address_of(slug)
        for follower in self.rooms.values():
            if follower.stream.room.slug == address:
                return follower
        raise ChatError("forbidden", "You are not in that room: join it first.")

    async def join(self, room: Room, after: int | None, epoch: str | None, id: str | None) -> None:
        """Enter a room, or resume in it, and be told what is new since `after` of `epoch`.

        Raises ChatError, `name_taken` for a guest with the name of somebody there.
        """
        follower = self.rooms.get(room.pk) or await self._enter(room)
        await self.replay(follower, after, epoch, lambda new: self._joined(new, id))

    async def _enter(self, room: Room) -> Follower:
        """Follow a room and be present there; nothing is told before the release."""
        if self.server.limiter.enabled and len(self.rooms) >= MAX_ROOMS:
            raise ChatError("bad_request", f"You are in {MAX_ROOMS} rooms: leave one first.")
        follower = await self.server.feed.follow(room, self)
        try:
            await self.server.presence.prepare(room.pk)
            self._take_place(room, follower)
        except BaseException:
            self.server.feed.unfollow(follower)
            raise
        return follower

    def _take_place(self, room: Room, follower: Follower) -> None:
        # From the look at the names to the entry nothing waits: nobody can slip in between.
        presence = self.server.presence
        if self.ended:
            raise ChatError("unavailable", "The connection ended: come back.")
        guest = self.user.kind == Person.Kind.GUEST
        if guest and (suggestion := presence.free_name(room.pk, self.user)):
            raise identity.name_taken(suggestion)
        presence.enter(room.pk, self.user)
        self.rooms[room.pk] = follower

    def _joined(self, new: Excerpt, id: str | None = None) -> protocol.JoinedEvent:
        members, count = self.server.presence.members(new.room.pk, self.user)
        return protocol.JoinedEvent(
            id=id,
            room=protocol.Room.of(new.room),
            reset=new.reset,
            messages=[Message.of(message) for message in new.messages],
            more=new.more,
            members=members,
            count=count,
        )

    async def replay(
        self,
        follower: Follower,
        after: int | None,
        epoch: str | None,
        event: Callable[[Excerpt], protocol.Event],
    ) -> None:
        """Hold a follower back, tell it what the log has after `after`, and release it."""
        stream = follower.stream
        stream.pause(follower)
        try:
            new = await self._answered(self.server.feed.excerpt(stream, after, epoch))
        except BaseException:
            if not stream.resume(follower):
                self.leave(stream.room.pk)
            raise
        if self.ended or follower not in stream.followers:
            return
        # From here to the release nothing waits: no event can slip in between.
        self.tell(event(new))
        stream.release(follower, new.room.version)
        self.server.feed.notice(stream.room.pk, new.room.version)

    def resynchronise(self, follower: Follower) -> None:
        """Begin again where the room's tail no longer has what the client needs."""
        task = asyncio.create_task(
            self.replay(follower, follower.version, follower.epoch, self._joined)
        )
        self._replaying.add(task)
        task.add_done_callback(self._replayed)

    def _replayed(self, task: asyncio.Task) -> None:
        self._replaying.discard(task)
        if not task.cancelled() and task.exception():
            # The client comes back and resumes.
            self.close(CloseCode.INTERNAL_ERROR)

    def room_moved(self, was: str, now: str) -> None:
        """Know a room by its new address, and by its old one too until it is left."""
        self._moved = {old: now if new == was else new for old, new in self._moved.items()}
        self._moved[was] = now
        self._moved.pop(now, None)

    def room_gone(self, follower: Follower) -> None:
        """Tell that a room was deleted."""
        self.leave(follower.stream.room.pk)
        self.tell(protocol.ErrorEvent.of(not_found()))
        self.tell(protocol.LeftEvent(room=follower.stream.room.slug))

    def leave(self, room_id: int) -> None:
        """Follow a room no more."""
        if follower := self.rooms.pop(room_id, None):
            # Its old addresses are free for others again.
            slug = follower.stream.room.slug
            self._moved = {old: now for old, now in self._moved.items() if now != slug}
            self.server.feed.unfollow(follower)
            self.server.presence.exit(room_id, self.user.id)

    async def database(self, function, *args):
        """Call a function that reads the database. Raises `unavailable` when that fails."""
        return await self._answered(self.server.readers.run(function, *args))

    @staticmethod
    async def _answered(reading: Awaitable[T]) -> T:
        try:
            return await reading
        except Error as error:
            logger.warning("The database did not answer: %s", error)
            raise unavailable() from error

    # What it is told

    def drained(self) -> None:
        """Go on where rooms had to wait for the writer."""
        for follower in tuple(self.rooms.values()):
            follower.stream.catch_up(follower)

    def tick(self, now: float) -> None:
        """Tell the heads when they are due; end a connection that has stopped reading."""
        stalled = [f.stalled_since for f in self.rooms.values() if f.stalled_since is not None]
        if stalled and now - min(stalled) > PROGRESS_WITHIN:
            self.close(CloseCode.STALLED)
        elif self.rooms and now >= self._next_heads and not self.blocked:
            self._next_heads = now + protocol.HEARTBEAT
            streams = [follower.stream for follower in self.rooms.values()]
            heads = {stream.room.slug: stream.version for stream in streams}
            self.tell(protocol.HeadsEvent(rooms=heads))

    # How it ends

    @property
    def session_key(self) -> str | None:
        """The session that the person is known by, if it is one."""
        return self.sign_in and self.sign_in.session_key

    def sign_out(self) -> None:
        """End: the session is over."""
        self.close(CloseCode.SIGNED_OUT, signed_out())

    def remove(self) -> None:
        """End: the person was blocked, and is gone at once."""
        for room_id in self.rooms:
            self.server.presence.remove(room_id, self.user.id)
        self.close(CloseCode.REMOVED, blocked())

    def close(self, code: int, reason: ChatError | None = None) -> None:
        """Say why, and goodbye with a close code; the door hears it as the client's end."""
        if reason:
            self.tell(protocol.ErrorEvent.of(reason))
        self.close_writer(code)
        self.end()

    def end(self) -> None:
        """Leave everything; the client is gone. Ending twice is ending once."""
        if self.ended:
            return
        self.ended = True
        self.server.limiter.go(self.visitor.address)
        self._hello_timer.cancel()
        for room_id in tuple(self.rooms):
            self.leave(room_id)
        for task in self._replaying:
            task.cancel()
        if self.user is not None:
            self.server.unregister(self)
