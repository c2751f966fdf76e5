"""Who may still read the rooms that this process follows: memberships are read again when they
may have changed, and those who lost their right are no followers any more."""

import asyncio
from collections.abc import Sequence

from chat import log, protocol
from chat.access import policies
from chat.live.batcher import Batcher
from chat.live.follower import Follower, State
from chat.live.stream import Stream
from chat.live.threads import DatabaseThreads
from chat.log import StoredMembership
from chat.models import Person, Room

# Seconds in which the memberships of those who arrive are read together. One statement costs 0.1 ms
# of PostgreSQL and of this process beside what each row costs ("joining" in bench/).
MEMBERSHIPS_EVERY = 0.04


class Rights:
    """The rights of one process's followers, by their memberships."""

    def __init__(self, database: DatabaseThreads):
        self._memberships = Batcher(database, self._read_memberships, every=MEMBERSHIPS_EVERY)

    async def membership_of(self, room: Room, person: Person | None) -> StoredMembership | None:
        """Return somebody's membership in a room. Raises ChatError `unavailable`."""
        if person is None:
            return None
        if person.kind == Person.Kind.GUEST and policies.is_open(room) and not room.access:
            # Guests come to such a room as they are, and nobody was ever banned there.
            return None
        return await self._memberships.outcome_of((room.pk, person.pk))

    @staticmethod
    def _read_memberships(keys: Sequence[tuple[int, int]]) -> list[StoredMembership | None]:
        found = log.memberships(set(keys))
        return [found.get(key) for key in keys]

    async def check(self, follower: Follower) -> None:
        """Read a follower's membership again where what it allows may have changed.

        Whoever may no longer read is told, and is no follower any more.
        """
        stream = follower.stream
        while follower.access != (access := stream.room.access):
            membership = await self.membership_of(stream.room, follower.sink.person)
            if follower not in stream.followers:
                return
            # If that has changed meanwhile, the reading may be older: it is read once more.
            follower.access = access
            follower.sink.on_membership(follower, membership)

    async def check_all(self, stream: Stream, event: protocol.RoomEvent | None = None) -> None:
        """Check all followers of a room, those of one moment with one statement.

        Meanwhile they are sent nothing; then those who stay are sent `event`, what the room is now,
        before all that happened since: they have to know its new address. Who is about to join is
        checked when the log was read for them.
        """
        followers = [f for f in stream.followers if f.state is not State.WAITING]
        # For one that is paused already the log is being read.
        held: dict[Follower, int] = {}
        for follower in followers:
            if follower.access != stream.room.access and follower.state is not State.PAUSED:
                stream.pause(follower)
                held[follower] = follower.pauses
        if event:
            stream.emit(event.encode())
        outcomes = await asyncio.gather(*map(self.check, followers), return_exceptions=True)
        for follower, error in zip(followers, outcomes, strict=True):
            if error is not None and follower in stream.followers:
                # Nothing more is sent to whose rights are not known: it starts again, or ends.
                stream.pause(follower)
                follower.sink.resynchronise(follower)
            elif follower.pauses == held.get(follower):
                # Else it was paused once more, and the log is being read for it.
                stream.resume(follower)
        if event:
            stream.note_address()

    async def stop(self) -> None:
        """Cancel what is under way."""
        await self._memberships.stop()
