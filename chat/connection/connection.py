"""One client, whatever its transport: who they are, the rooms they are in, how they end.

Joining, resuming and falling behind are one operation: pause the follower, read the log, send what
it has, go live.
"""

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.utils.translation import gettext as _

from chat import protocol
from chat.access import identity, policies
from chat.access.identity import SignIn
from chat.access.policies import ending_of_membership
from chat.access.shown import room_for
from chat.connection.admission import admit, check_may_come, check_name_is_free
from chat.connection.beside import read_backlog
from chat.connection.newcomers import is_undecided, settle
from chat.connection.output import Output
from chat.connection.places import Places
from chat.live.follower import Follower, Standing, State
from chat.live.server import ChatServer
from chat.live.tasks import BackgroundTasks
from chat.live.threads import database_errors_as_unavailable
from chat.log import Backlog, StoredMembership
from chat.models import Person, Room
from chat.protocol import Message, User
from chat.protocol.contract import HELLO_WITHIN
from chat.rules.errors import (
    ChatError,
    CloseCode,
    blocked,
    no_longer_in_room,
    not_found,
    signed_out,
)
from chat.rules.slugs import is_untyped

logger = logging.getLogger(__name__)

PROGRESS_WITHIN = 30.0
MAX_ROOMS = 100
# RFC 6455, section 7.4.1.
NORMAL_CLOSURE = 1000


class Visitor(NamedTuple):
    """What an entry point knows of a client before it sends anything."""

    address: str
    session_key: str | None = None


class Connection:
    """A client. `is_reader` is one over HTTP: it ends with its room, or when the process stops."""

    def __init__(
        self, server: ChatServer, out: Output, visitor: Visitor, *, is_reader: bool = False
    ):
        self.server = server
        self.out = out
        # For each delivery one call less than through a method.
        self.write_frame = out.write_frame
        self.address = visitor.address
        self.is_reader = is_reader
        self.person: Person | None = None
        self.user: User | None = None
        self.token: str | None = None
        # The token of a guest who is made for this client, where it was given one before.
        self.spare_token: str | None = None
        self.sign_in: SignIn | None = None
        self.rooms = Places()
        self.ended = False
        # The room in which it only listens.
        self._unseen_in: int | None = None
        self._session_key = visitor.session_key
        self._replays = BackgroundTasks()
        self._loop = asyncio.get_running_loop()
        self._next_heads = 0.0
        server.limiter.add_connection(self.address)
        self._hello_timer = self._loop.call_later(HELLO_WITHIN, self.close, CloseCode.STALLED)

    # Who it is

    async def identify(self, token: str | None, name: str | None) -> None:
        """Find or create the person. Raises ChatError, and removes the blocked."""
        person, token = await self._find_person(token or self.token, name)
        if person.is_blocked:
            self.close(CloseCode.REMOVED, blocked())
        elif self.admit(person):
            with database_errors_as_unavailable():
                await self.server.persons.rename_guest(person, name)
        # Others of theirs may have connected while this one waited for a name.
        if not self.ended and self.admit(person):
            self.token = token
            self.adopt(person)

    def admit(self, person: Person | None = None) -> bool:
        """Close a connection that is one too many; return whether it may stay."""
        configuration = self.server.configuration
        if refusal := self.server.registry.refusal_to_connect(self, person, configuration):
            self.close(CloseCode.FLOODING, refusal)
        return not self.ended

    async def _find_person(self, token: str | None, name: str | None) -> tuple[Person, str | None]:
        person = None
        if self._session_key:
            person = await self.read(identity.signed_in_person, self._session_key)
        if person is None:
            if token is None:
                return await self.server.committer.new_guest(name, self.spare_token)
            person = await self.server.persons.holder_of(token, name)
        return person, token if person.user_id is None else None

    def note_session(self, session_key: str | None) -> None:
        """Use a session that an entry point found after the first request, where there was none."""
        self._session_key = self._session_key or session_key

    def adopt(self, person: Person) -> None:
        """Be the connection of a person."""
        if self.user is not None:
            self.server.registry.remove(self)
            self.server.watching.forget(self, self.person)
        self._hello_timer.cancel()
        # Jitter, so that connections that arrived together do not all get `heads` in one second.
        self._next_heads = self._loop.time() + protocol.HEARTBEAT * random.random()  # noqa: S311
        self.person, self.user = person, User.of(person)
        self.sign_in = identity.sign_in_of(person, self._session_key)
        self.server.persons.register(self)

    def rename(self, user: User) -> None:
        """Use another name from now on."""
        self.user = user

    # The rooms it is in

    def room_at(self, slug: str) -> Room | None:
        """Return a room that this process follows: joining it takes no search in the database.

        None at an address that nobody can guess: there the same is done whether there is a room.
        """
        slug = self.rooms.slug_now(slug)
        return None if is_untyped(slug) else self.server.feed.room_at(slug)

    def follower(self, slug: str) -> Follower:
        """Return this connection's place in a room. Raises ChatError where it is not in it."""
        if follower := self.rooms.find(slug):
            return follower
        raise not_in_room()

    async def join(
        self,
        room: Room,
        after: int | None,
        epoch: str | None,
        id: str | None,
        password: str | None = None,
    ) -> None:
        """Enter a room, or resume in it, and send what is new since `after` of `epoch`.

        Raises ChatError, `name_taken` for a guest with the name of somebody there.
        """
        if follower := self.rooms.get(room.pk):
            await self._renew_membership(follower)
        else:
            follower = await self._enter(room, password)
        event = partial(self._joined, id=id)
        if not await self.replay(follower, after, epoch, event):
            # It was noticed now that their place there had ended: this is a join anew.
            follower = await self._enter(follower.stream.room, password)
            if not await self.replay(follower, None, None, event):
                raise not_found()

    async def _renew_membership(self, follower: Follower) -> None:
        """Read anew what changes without a change of rights, such as how far somebody has read."""
        membership = await self.server.feed.rights.membership_of(follower.stream.room, self.person)
        if follower.membership and membership and membership.banned_at is None:
            follower.membership = membership

    async def _enter(self, room: Room, password: str | None) -> Follower:
        """Follow a room and be present there; nothing is sent before the follower goes live."""
        if self.server.limiter.enabled and len(self.rooms) >= MAX_ROOMS:
            # Else the refusal would say that there is such a room.
            await check_may_come(self.server, self.person, room)
            message = _("You are in %(count)s rooms. Leave one first.") % {"count": MAX_ROOMS}
            raise ChatError("bad_request", message)
        # Before the room is followed, which takes time and leaves a trace that a missing one would
        # not; a right that is taken away meanwhile is noticed by `access`.
        access = room.access
        membership, is_new = await admit(self.server, self, room, password)
        follower = await self.server.feed.follow(room, self)
        follower.membership, follower.access = membership, access
        if is_new:
            follower.standing = Standing.NEW
        try:
            await self.server.presence.prepare(room.pk)
            self._take_place(room, follower)
        except BaseException:
            self.server.feed.unfollow(follower)
            raise
        return follower

    def _take_place(self, room: Room, follower: Follower) -> None:
        # Nothing is awaited from the check of the name to the entry: nobody can get in between.
        if self.ended:
            raise ChatError("unavailable", _("The connection has ended. Connect again."))
        presence = self.server.presence
        if self.user.kind == Person.Kind.GUEST:
            presence.release_name(room.pk, self.user)
            check_name_is_free(presence, room, self.user)
        presence.enter(room.pk, self.user)
        self.rooms[room.pk] = follower

    def stay_unknown(self) -> None:
        """Keep a client that has not said who it is: it may only listen."""
        self._hello_timer.cancel()

    async def listen(self, room: Room) -> None:
        """Follow a room unseen, before the client has said who it is; `leave` ends it.

        Then what comes is `joined`, without members, and what is new.
        """
        policies.check_may_read(None, room, None)
        follower = await self.server.feed.follow(room, self)
        if self.ended:
            self.server.feed.unfollow(follower)
            return
        self.rooms[room.pk] = follower
        self._unseen_in = room.pk
        if not await self.replay(follower, None, None, self._joined):
            raise not_found()

    def _joined(
        self, backlog: Backlog, beside: dict, id: str | None = None
    ) -> protocol.JoinedEvent:
        follower = self.rooms[backlog.room.pk]
        follower.slug = backlog.room.slug
        if follower.standing is Standing.NEW:
            settle(self.server, follower, backlog.room)
        members, count = [], 0
        if self.user is not None:
            members, count = self.server.presence.members(backlog.room.pk, self.user)
        return protocol.JoinedEvent(
            id=id,
            room=self._shown(backlog.room, follower),
            reset=backlog.reset,
            messages=[Message.of(message) for message in backlog.messages],
            more=backlog.more,
            members=members,
            count=count,
            **beside,
            refs=protocol.refs_of(backlog.messages),
        )

    async def replay(
        self,
        follower: Follower,
        after: int | None,
        epoch: str | None,
        event: Callable[[Backlog, dict], protocol.Event],
    ) -> bool:
        """Pause a follower, send it what the log has after `after`, and let it go live. Return
        False where it is none any more, as its person may not read the room, or left it.

        `event` gets the fields beside the messages, too.
        """
        stream = follower.stream
        stream.pause(follower)
        try:
            with database_errors_as_unavailable():
                backlog, beside = await read_backlog(self.server, self.person, stream, after, epoch)
                await self.server.feed.rights.check(follower)
        except BaseException:
            if not stream.resume(follower):
                self.leave(stream.room.pk)
            raise
        if self.ended or follower not in stream.followers:
            return self.ended
        # Nothing is awaited from here until it is live: no event can get in between.
        self.out.send(event(backlog, beside))
        stream.go_live(follower, backlog.room.version)
        self.server.feed.notice_version(stream.room.pk, backlog.room.version)
        return True

    def leave(self, room_id: int) -> None:
        """Follow a room no more."""
        if follower := self.rooms.remove(room_id):
            self.server.feed.unfollow(follower)
            if room_id == self._unseen_in:
                self._unseen_in = None
            else:
                self.server.presence.exit(room_id, self.user.id)

    async def read(self, function, *args):
        """Call a function that reads the database. Raises `unavailable` when that fails."""
        with database_errors_as_unavailable():
            return await self.server.database.run(function, *args)

    # What its rooms' streams ask of it (Sink)

    @property
    def blocked(self) -> bool:
        """Whether a frame is still being written."""
        return self.out.blocked

    def resynchronise(self, follower: Follower) -> None:
        """Start again from the log: the room's tail no longer has what the client needs."""
        self._replays.run(self._start_again(follower), self._on_replay_failed)

    async def _start_again(self, follower: Follower) -> None:
        await self._renew_membership(follower)
        await self.replay(follower, follower.version, follower.epoch, self._joined)

    def _on_replay_failed(self, error: BaseException) -> None:
        # The client reconnects and resumes.
        self.close(CloseCode.INTERNAL_ERROR)

    def on_room_moved(self, was: str, now: str) -> None:
        """Accept a room's new slug in commands."""
        self.rooms.note_move(was, now)

    def on_room_gone(self, follower: Follower) -> None:
        """Leave a room that was deleted, and say so."""
        self._expel(follower, "deleted")

    def on_membership(self, follower: Follower, membership: StoredMembership | None) -> None:
        """Leave a room that the person may no longer read, or was removed from; else send what they
        may do there now."""
        if is_undecided(follower, membership):
            return
        before, follower.membership = follower.membership, membership
        by_wish, follower.is_leaving = follower.is_leaving, False
        room = follower.stream.room
        if reason := ending_of_membership(room, before, membership):
            if self.user and room.pk != self._unseen_in:
                self.server.presence.remove(room.pk, self.user.id)
            if follower.state is State.WAITING:
                # Their join is refused by its id: nothing of the room is for them.
                self.leave(room.pk)
            else:
                self._expel(follower, None if by_wish and reason == "removed" else reason)
        else:
            self._tell_rights(follower)

    def _tell_rights(self, follower: Follower) -> None:
        """Send what the person may do in a room, where that is another than they were told."""
        if follower.membership is None or follower.state is State.WAITING:
            return
        told, shown = follower.told, self._shown(follower.stream.room, follower)
        if follower.told != told:
            self.out.send(protocol.RoomEvent(room=shown))

    def _shown(self, room: Room, follower: Follower) -> protocol.Room:
        """Return a room as the client is sent it, and note what that says of its person's place."""
        shown = room_for(self.person, room, follower.membership)
        follower.told = shown.my and (shown.my.role, shown.my.may)
        return shown

    def _expel(self, follower: Follower, reason: str | None) -> None:
        self.leave(follower.stream.room.pk)
        if reason:
            self.out.send(protocol.ErrorEvent.of(no_longer_in_room(reason)))
        self.out.send(protocol.LeftEvent(room=follower.slug, reason=reason))
        if self.is_reader:
            self.close(NORMAL_CLOSURE)

    def drained(self) -> None:
        """Catch up in the rooms that had to wait for the writer."""
        for follower in tuple(self.rooms.values()):
            follower.stream.catch_up(follower)

    # What the process asks of it (Client)

    def tick(self, now: float) -> None:
        """Send the heads when they are due; close a connection that has stopped reading."""
        stalled = [f.stalled_since for f in self.rooms.values() if f.stalled_since is not None]
        if stalled and now - min(stalled) > PROGRESS_WITHIN:
            self.close(CloseCode.STALLED)
        elif self.rooms and now >= self._next_heads and not self.blocked:
            self._next_heads = now + protocol.HEARTBEAT
            heads = {follower.slug: follower.stream.version for follower in self.rooms.values()}
            self.out.send(protocol.HeadsEvent(rooms=heads))

    @property
    def session_key(self) -> str | None:
        """The session that the person is known by, if it is one."""
        return self.sign_in and self.sign_in.session_key

    def update_person(self, person: Person) -> None:
        """Use a newer reading of the person, who may have other rights by now."""
        self.person = person
        for follower in self.rooms.values():
            self._tell_rights(follower)

    def sign_out(self) -> None:
        """End: the session is over."""
        self.close(CloseCode.SIGNED_OUT, signed_out())

    def remove(self) -> None:
        """End: the person was blocked, and is gone at once."""
        for room_id in self.rooms:
            self.server.presence.remove(room_id, self.user.id)
        self.close(CloseCode.REMOVED, blocked())

    # How it ends

    def close(self, code: int, reason: ChatError | None = None) -> None:
        """Send the reason and a close code, and end; the entry point sees the client's end."""
        if reason:
            self.out.send(protocol.ErrorEvent.of(reason))
        self.out.close(code)
        self.end()

    def end(self) -> None:
        """Leave everything; the client is gone. Ending twice is ending once."""
        if self.ended:
            return
        self.ended = True
        self.server.limiter.remove_connection(self.address)
        self._hello_timer.cancel()
        for room_id in tuple(self.rooms):
            self.leave(room_id)
        self._replays.cancel()
        if self.user is not None:
            self.server.registry.remove(self)
            self.server.watching.forget(self, self.person)


def not_in_room() -> ChatError:
    """Return the error for what can be done in a room alone that one is in."""
    return ChatError("forbidden", _("You are not in that room. Join it first."))
