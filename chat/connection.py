"""One conversation with one client, whatever the door it came through.

A door hands in what the client sent (`receive`) and gives a writer for what it gets. Commands are
taken in order. Joining, resuming and falling behind are one operation: hold the follower back,
read the log, tell what it gave, release.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

from django.db import DatabaseError

from chat import identity, log, policies, protocol
from chat.errors import ChatError, CloseCode, blocked, not_found, unavailable
from chat.limits import Bucket, Rate, rate_limited
from chat.log import Draft, Excerpt, Receipt
from chat.models import Person, Room
from chat.names import clean_room_name, slug_of
from chat.protocol import Message, User
from chat.server import ChatServer
from chat.stream import Follower, Stream

logger = logging.getLogger(__name__)

HELLO_WITHIN = 15.0
PROGRESS_WITHIN = 30.0
MAX_MALFORMED = 3
MAX_ROOMS = 100

# Commands that cost little may come this many times as often as those that cost a query.
CHEAP = 10
# Refusals that are heeded stay under this rate; who goes on regardless is flooding.
REFUSALS = Rate(per_second=1, burst=30)


class Writer(Protocol):
    """The way out, given by a door."""

    blocked: bool

    def write(self, text: str) -> bool:
        """Take a frame; tell whether another would go out at once."""

    def close(self, code: int) -> None:
        """Say goodbye with a close code; nothing is written after that."""


class Visitor(NamedTuple):
    """What a door knows of a client before it says anything."""

    address: str
    session_key: str | None = None


class Connection:
    """A client's conversation: who they are, the rooms they follow, what they may still send."""

    def __init__(self, server: ChatServer, writer: Writer, visitor: Visitor):
        self.user: User | None = None
        self._server = server
        self._writer = writer
        self._visitor = visitor
        self._person: Person | None = None
        self._token: str | None = None
        self._rooms: dict[str, Follower] = {}
        self._moved: dict[str, str] = {}
        self._outgoing: list[str] = []
        self._bucket, self._cheap_bucket, self._refusals = Bucket(), Bucket(), Bucket()
        self._malformed = 0
        self._replaying: set[asyncio.Task] = set()
        self._loop = asyncio.get_running_loop()
        self._next_heads = 0.0
        self._ended = False
        self._hello_timer = self._loop.call_later(HELLO_WITHIN, self.close, CloseCode.STALLED)

    # What comes in

    async def receive(self, text: str) -> None:
        """Take one command and answer it; a refusal is an answer."""
        command = None
        try:
            command = protocol.parse_command(text)
            self._malformed = 0
            self._admit(command)
            await self._obey(command)
        except ChatError as error:
            self._refuse(error, command.id if command else error.id)
        except Exception:
            logger.exception("A command could not be obeyed")
            self._refuse(unavailable(), command and command.id)

    def _admit(self, command: protocol.Command) -> None:
        """Raise `rate_limited` for a command that comes too soon."""
        if not self._server.limiter.enabled:
            return
        rates, now = self._server.configuration, self._loop.time()
        cheap = isinstance(command, protocol.Typing | protocol.Received | protocol.Ping)
        factor, bucket = (CHEAP, self._cheap_bucket) if cheap else (1, self._bucket)
        rate = Rate(rates.socket_rate * factor, rates.socket_burst * factor)
        if wait := bucket.take(rate, now):
            raise rate_limited(wait)

    async def _obey(self, command: protocol.Command) -> None:
        if self._person is None and not isinstance(command, protocol.Hello):
            raise ChatError("unauthorized", "Say hello first: who are you?")
        await getattr(self, f"_{command.type}")(command)

    def _refuse(self, error: ChatError, id: str | None) -> None:
        self.tell(protocol.ErrorEvent.of(error, id))
        if isinstance(error, protocol.Malformed):
            self._malformed += 1
            if self._malformed == MAX_MALFORMED:
                self.close(CloseCode.MALFORMED)
        elif error.code == "rate_limited" and self._refusals.take(REFUSALS, self._loop.time()):
            self.close(CloseCode.FLOODING)

    # The commands

    async def _hello(self, command: protocol.Hello) -> None:
        server = self._server
        if self._rooms:
            raise ChatError("bad_request", "Leave your rooms before you take another name.")
        if wait := server.limiter.wait_for_guest(
            self._visitor.address, self._loop.time(), server.configuration
        ):
            raise rate_limited(wait)
        token = command.token or self._token
        try:
            person, self._token = await self._database(
                identity.identify, self._visitor.session_key, token, command.name
            )
        except ChatError as error:
            if error.code == "unauthorized":
                self._loop.call_soon(self.close, CloseCode.SIGNED_OUT)
            raise
        if person.is_blocked:
            self.remove()
        elif not self._ended:
            self._become(person)
            self.tell(self._welcome(command.id))

    def _become(self, person: Person) -> None:
        if self.user is not None:
            self._server.unregister(self)
        self._hello_timer.cancel()
        self._next_heads = self._loop.time() + protocol.HEARTBEAT
        self._person, self.user = person, User.of(person)
        self._server.register(self)

    def _welcome(self, id: str | None) -> protocol.WelcomeEvent:
        configuration = self._server.configuration
        return protocol.WelcomeEvent(
            id=id,
            user=self.user,
            token=self._token,
            limits=protocol.Limits.of(configuration),
            site=protocol.Site.of(configuration),
        )

    async def _join(self, command: protocol.Join) -> None:
        room = await self._find_or_create(command.room)
        follower = self._rooms.get(room.slug) or await self._enter(room)
        await self._replay(
            follower,
            command.after,
            command.epoch,
            lambda excerpt: self._joined(follower, excerpt, command.id),
        )

    async def _find_or_create(self, text: str) -> Room:
        slug = slug_of(text)
        try:
            return await self._database(log.find_room, self._moved.get(slug, slug))
        except ChatError:
            policies.refuse_creating(self._server.configuration)
        return await self._database(log.create_room, slug, clean_room_name(text))

    async def _enter(self, room: Room) -> Follower:
        """Follow a room and be present there; nothing is told before the release."""
        if len(self._rooms) >= MAX_ROOMS:
            raise ChatError("bad_request", f"You are in {MAX_ROOMS} rooms: leave one first.")
        presence = self._server.presence
        follower = await self._server.feed.follow(room, self)
        await presence.prepare(room.pk)
        # From the look at the names to the entry nothing waits: nobody can slip in between.
        if self._ended:
            self._server.feed.unfollow(follower)
            return follower
        guest = self.user.kind == Person.Kind.GUEST
        if guest and (suggestion := presence.free_name(room.pk, self.user)):
            self._server.feed.unfollow(follower)
            raise identity.name_taken(suggestion)
        presence.enter(room.pk, self.user)
        self._rooms[room.slug] = follower
        return follower

    def _joined(self, follower: Follower, excerpt: Excerpt, id: str | None = None):
        members, count = self._server.presence.members(excerpt.room.pk, self.user)
        return protocol.JoinedEvent(
            id=id,
            room=protocol.Room.of(excerpt.room),
            reset=excerpt.reset,
            messages=[Message.of(message) for message in excerpt.messages],
            more=excerpt.more,
            members=members,
            count=count,
        )

    async def _sync(self, command: protocol.Sync) -> None:
        await self._replay(
            self._follower(command.room),
            command.after,
            command.epoch,
            lambda excerpt: protocol.SyncedEvent(
                id=command.id,
                room=excerpt.room.slug,
                epoch=excerpt.room.epoch,
                version=excerpt.room.version,
                reset=excerpt.reset,
                messages=[Message.of(message) for message in excerpt.messages],
            ),
        )

    async def _replay(
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
            excerpt = await self._excerpt(stream, after, epoch)
        except ChatError:
            if not stream.resume(follower):
                self._forget(stream.room.slug)
            raise
        if self._ended or follower not in stream.followers:
            return
        # From here to the release nothing waits: no event can slip in between.
        self.tell(event(excerpt))
        stream.release(follower, excerpt.room.version)
        self._server.feed.notice(stream.room.pk, excerpt.room.version)

    async def _excerpt(self, stream: Stream, after: int | None, epoch: str | None) -> Excerpt:
        """Read the log up to where the stream's tail goes on."""
        while True:
            excerpt = await self._database(log.since, stream.room.pk, after, epoch)
            if stream.can_release(excerpt.room.version):
                return excerpt

    async def _leave(self, command: protocol.Leave) -> None:
        follower = self._follower(command.room)
        self._forget(follower.stream.room.slug)
        self.tell(protocol.LeftEvent(id=command.id, room=command.room))

    async def _send(self, command: protocol.Send) -> None:
        server, room = self._server, self._follower(command.room).stream.room
        body = policies.clean_body(command.body, server.configuration)
        wait = server.limiter.wait_for_message(
            self.user.id, self._visitor.address, self._loop.time(), server.configuration
        )
        if wait:
            raise rate_limited(wait)
        # Not awaited: more may come while this is committed, and the answer finds its way.
        draft = Draft(room.pk, self._person.pk, command.id, body)
        server.committer.submit(draft, partial(self._answer, room, command.id))
        server.typists.stopped(room.pk, self.user.id)

    def _answer(self, room: Room, id: str, outcome: Receipt | ChatError) -> None:
        if isinstance(outcome, ChatError):
            self._refuse(outcome, id)
            return
        message = outcome.message
        self.tell(
            protocol.AckEvent(
                id=id,
                room=room.slug,
                seq=message.seq,
                version=message.first_version,
                at=message.created_at,
                duplicate=outcome.duplicate,
            )
        )

    async def _history(self, command: protocol.History) -> None:
        room = self._follower(command.room).stream.room
        messages, more = await self._database(log.page, room.pk, command.before, command.limit)
        self.tell(
            protocol.HistoryEvent(
                id=command.id,
                room=room.slug,
                messages=[Message.of(message) for message in messages],
                more=more,
            )
        )

    async def _typing(self, command: protocol.Typing) -> None:
        self._server.typists.typed(self._follower(command.room).stream.room.pk, self.user)

    async def _received(self, command: protocol.Received) -> None:
        self._follower(command.room).has_received(command.version)

    async def _ping(self, command: protocol.Ping) -> None:
        self.tell(protocol.PongEvent(id=command.id))

    def _follower(self, slug: str) -> Follower:
        follower = self._rooms.get(self._moved.get(slug, slug))
        if follower is None:
            raise ChatError("forbidden", "You are not in that room: join it first.")
        return follower

    async def _database(self, function, *args):
        try:
            return await self._server.readers.run(function, *args)
        except DatabaseError as error:
            logger.warning("The database did not answer: %s", error)
            raise unavailable() from error

    # What goes out

    def tell(self, event: protocol.Event) -> None:
        """Send an event of this connection's own, with others that come at the same moment."""
        self.tell_encoded(event.encode())

    def tell_encoded(self, text: str) -> None:
        """Send an encoded event."""
        if not self._outgoing:
            self._loop.call_soon(self._flush)
        self._outgoing.append(text)

    def _flush(self) -> None:
        if self._outgoing:
            texts, self._outgoing = self._outgoing, []
            self._writer.write(protocol.frame(texts))

    @property
    def blocked(self) -> bool:
        """Whether a frame is still on its way out."""
        return self._writer.blocked

    def write(self, text: str) -> bool:
        """Take a room's frame, behind what this connection was told before."""
        self._flush()
        return self._writer.write(text)

    def drained(self) -> None:
        """Go on where rooms had to wait for the writer."""
        for follower in tuple(self._rooms.values()):
            follower.stream.catch_up(follower)

    # What happens to it

    def tick(self, now: float) -> None:
        """Tell the heads when they are due; end a connection that has stopped reading."""
        stalled = [f.stalled_since for f in self._rooms.values() if f.stalled_since is not None]
        if stalled and now - min(stalled) > PROGRESS_WITHIN:
            self.close(CloseCode.STALLED)
        elif self._rooms and now >= self._next_heads and not self.blocked:
            self._next_heads = now + protocol.HEARTBEAT
            heads = {slug: follower.stream.version for slug, follower in self._rooms.items()}
            self.tell(protocol.HeadsEvent(rooms=heads))

    def resynchronise(self, follower: Follower) -> None:
        """Begin again where the room's tail no longer has what the client needs."""
        task = asyncio.create_task(
            self._replay(
                follower,
                follower.version,
                follower.stream.room.epoch,
                lambda excerpt: self._joined(follower, excerpt),
            )
        )
        self._replaying.add(task)
        task.add_done_callback(self._replayed)

    def _replayed(self, task: asyncio.Task) -> None:
        self._replaying.discard(task)
        if not task.cancelled() and task.exception():
            # The client comes back and resumes.
            self.close(CloseCode.INTERNAL_ERROR)

    def room_moved(self, follower: Follower, was: str) -> None:
        """Know a room by its new address, and for a while by its old one."""
        slug = follower.stream.room.slug
        self._rooms[slug] = self._rooms.pop(was)
        self._moved[was] = slug

    def room_gone(self, follower: Follower) -> None:
        """Tell that a room was deleted."""
        slug = follower.stream.room.slug
        self._forget(slug)
        self.tell(protocol.ErrorEvent.of(not_found()))
        self.tell(protocol.LeftEvent(room=slug))

    def renamed(self, user: User) -> None:
        """Go under another name from now on."""
        self.user = user

    def remove(self) -> None:
        """End: the person was blocked."""
        self.tell(protocol.ErrorEvent.of(blocked()))
        for follower in self._rooms.values():
            self._server.presence.remove(follower.stream.room.pk, self.user.id)
        self.close(CloseCode.REMOVED)

    def close(self, code: int) -> None:
        """Say goodbye with a close code; the door then calls `end`."""
        self._flush()
        self._writer.close(code)
        self.end()

    def _forget(self, slug: str) -> None:
        if follower := self._rooms.pop(slug, None):
            self._server.feed.unfollow(follower)
            self._server.presence.exit(follower.stream.room.pk, self.user.id)

    def end(self) -> None:
        """Leave everything; the client is gone. Ending twice is ending once."""
        if self._ended:
            return
        self._ended = True
        self._hello_timer.cancel()
        for slug in tuple(self._rooms):
            self._forget(slug)
        for task in self._replaying:
            task.cancel()
        if self.user is not None:
            self._server.unregister(self)
