"""Who is here: in memory, never in the log.

Each process owns the entries of its own connections; of the others it knows what they publish
(chat/cluster/peers.py).
"""

import asyncio
from dataclasses import dataclass, field

from chat.cluster.peers import Peers, People
from chat.cluster.transport import HintTransport
from chat.live.feed import Feed
from chat.protocol import MAX_MEMBERS, PresenceEvent, User
from chat.rules.names import TakenNames, is_free, is_held, variants

HEARTBEAT_EVERY = 2.0
LEAVE_AFTER = 5.0

# Who joined and left is sent at once in a room of so few people. In a larger one it is gathered, so
# that a crowd costs at most WRITES_A_SECOND: each of its changes goes to everybody there.
SMALL_ROOM = 10
WRITES_A_SECOND = 100
GATHER_AT_MOST = 1.0


@dataclass(slots=True)
class LocalPerson:
    """Somebody here through this process: how many connections, and when they are gone."""

    user: User
    connections: int = 0
    leaving: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class Shown:
    """What the followers of a room in this process were sent last, and when.

    `listed` are those whom some of them were sent in a list, perhaps before the others.
    """

    people: People = field(default_factory=dict)
    listed: People = field(default_factory=dict)
    at: float = float("-inf")
    timer: asyncio.TimerHandle | None = None


class Presence:
    """The people of every room that this process follows, here and elsewhere."""

    def __init__(self, hints: HintTransport, feed: Feed):
        self.peers = Peers(hints, self)
        self._feed = feed
        self._own: dict[int, dict[str, LocalPerson]] = {}
        self._shown: dict[int, Shown] = {}
        self._counts: dict[int, int] = {}
        self._loop = asyncio.get_running_loop()

    # What a connection asks and does

    async def prepare(self, room_id: int) -> None:
        """Fetch who is in a room elsewhere, before the first of this process enters it."""
        if room_id not in self._own:
            await self.peers.fetch_people(room_id)

    def enter(self, room_id: int, user: User) -> None:
        """Count one more connection of `user` in a room."""
        entries = self._own.setdefault(room_id, {})
        entry = entries.get(user.id)
        if entry is None:
            entry = entries[user.id] = LocalPerson(user)
            self.peers.publish_change(room_id, joined=[user])
        elif entry.user != user:
            # Back, or here once more, under another name.
            entry.user = user
            self.peers.publish_change(room_id, joined=[user])
        if entry.leaving:
            entry.leaving.cancel()
            entry.leaving = None
        entry.connections += 1
        self._refresh(room_id)

    def exit(self, room_id: int, user_id: str) -> None:
        """Count one connection less; after the last, wait a little: a reload is not a leave."""
        entry = self._own.get(room_id, {}).get(user_id)
        if entry is None:
            return
        entry.connections -= 1
        if entry.connections == 0:
            entry.leaving = self._loop.call_later(LEAVE_AFTER, self.remove, room_id, user_id)

    def remove(self, room_id: int, user_id: str) -> None:
        """Remove somebody from a room now."""
        entry = self._own.get(room_id, {}).pop(user_id, None)
        if entry is None:
            return
        if entry.leaving:
            entry.leaving.cancel()
        if not self._own[room_id]:
            del self._own[room_id]
        self.peers.publish_change(room_id, left=[user_id])
        self._refresh(room_id)

    def rename(self, user: User) -> None:
        """Show somebody under another name, wherever they are through this process."""
        for room_id, entries in self._own.items():
            if user.id in entries:
                entries[user.id].user = user
                self.peers.publish_change(room_id, joined=[user])
                self._refresh(room_id)

    # Names

    def release_name(self, room_id: int, user: User) -> None:
        """Remove whoever only lingers after their last connection under the user's name."""
        leaving = [entry.user for entry in self._own.get(room_id, {}).values() if entry.leaving]
        for other in leaving:
            if other.id != user.id and is_held(user.name, other.name):
                self.remove(room_id, other.id)

    async def is_live(self, user_id: str) -> bool:
        """Whether somebody has a connection in any room, here or in another process."""
        return self.is_live_here(user_id) or await self.peers.is_live_elsewhere(user_id)

    # Who is there

    def people(self, room_id: int) -> People:
        """Return everybody in a room, by id, once each."""
        return self.peers.people(room_id) | {user.id: user for user in self.own_people(room_id)}

    async def people_now(self, room_id: int) -> People:
        """Return everybody in a room, also in one that this process does not follow."""
        if self.is_followed(room_id):
            return self.people(room_id)
        return await self.peers.people_outside(room_id)

    def members(self, room_id: int, first: User) -> tuple[list[User], int]:
        """Return up to MAX_MEMBERS people, `first` among them, and how many there are."""
        everybody = self.people(room_id)
        others = [user for user in everybody.values() if user.id != first.id]
        listed = others[: MAX_MEMBERS - 1]
        if (shown := self._shown.get(room_id)) and shown.timer:
            shown.listed |= {user.id: user for user in listed}
        return [first, *listed], len(others) + 1

    def occupied(self) -> set[int]:
        """Return the rooms in which this process has people."""
        return set(self._own)

    def counts(self) -> dict[int, int]:
        """Return how many people are in each room that has any, here or elsewhere.

        Safe from any thread: `dict` copies at once.
        """
        return self.peers.counts() | dict(self._counts)

    # What the followers are sent

    def _refresh(self, room_id: int) -> None:
        """Send the room's followers what changed; in a larger room, not each change by itself."""
        shown = self._shown.setdefault(room_id, Shown())
        if shown.timer:
            return
        wait = shown.at + gathering(len(shown.people)) - self._loop.time()
        if wait > 0:
            shown.timer = self._loop.call_later(wait, self._send_changes, room_id)
        else:
            self._send_changes(room_id)

    def _send_changes(self, room_id: int) -> None:
        shown = self._shown[room_id]
        stream = self._feed.stream(room_id)
        now = self.people(room_id)
        # Nearly everybody is the same object, which is quicker to see than an equal one.
        joined = [
            user
            for i, user in now.items()
            if (before := shown.people.get(i)) is not user and before != user
        ]
        # Also who came and left in between: somebody may have them in a list.
        left = [user for i, user in (shown.listed | shown.people).items() if i not in now]
        shown.people, shown.listed = now, {}
        shown.at, shown.timer = self._loop.time(), None
        self._count(room_id, len(now))
        if stream and (joined or left):
            event = PresenceEvent(
                room=stream.room.slug,
                joined=joined[:MAX_MEMBERS],
                left=left,
                count=len(now),
            )
            self._feed.emit(room_id, event)

    def _count(self, room_id: int, number: int) -> None:
        """Keep the number of people in a room; without any of ours there, peers count it."""
        if number and room_id in self._own:
            self._counts[room_id] = number
        else:
            self._counts.pop(room_id, None)

    def forget_room(self, room_id: int) -> None:
        """Keep nothing of a room that this process no longer follows."""
        self.peers.forget_room(room_id)
        self._counts.pop(room_id, None)
        shown = self._shown.pop(room_id, None)
        if shown and shown.timer:
            shown.timer.cancel()

    # What the peers ask (LocalPresence)

    def send_heartbeat(self) -> None:
        """Publish that this process lives, and who is here."""
        self.peers.publish_heartbeat({i: self._counts.get(i, 0) for i in self._own})

    def own_people(self, room_id: int) -> list[User]:
        """Return who is in a room through this process."""
        return [entry.user for entry in self._own.get(room_id, {}).values()]

    def is_live_here(self, user_id: str) -> bool:
        """Whether somebody has a connection in any room of this process."""
        entries = (entries.get(user_id) for entries in self._own.values())
        return any(entry and entry.connections for entry in entries)

    def is_followed(self, room_id: int) -> bool:
        """Whether this process wants to know who is in a room."""
        return self._feed.stream(room_id) is not None

    def on_peers_changed(self, room_id: int) -> None:
        """Send the room's followers that others joined or left through other processes."""
        if self.is_followed(room_id):
            self._refresh(room_id)

    def stop(self) -> None:
        """Cancel what is due later. Peers find this process silent, and forget it in time."""
        timers = [shown.timer for shown in self._shown.values()]
        timers += [e.leaving for entries in self._own.values() for e in entries.values()]
        for timer in filter(None, timers):
            timer.cancel()


def gathering(people: int) -> float:
    """Return for how many seconds a room of so many people gathers who joins and leaves."""
    return min(people / WRITES_A_SECOND, GATHER_AT_MOST) if people > SMALL_ROOM else 0.0


def substitute_for(user: User, people: People) -> str | None:
    """Return a free variant of a user's name where somebody else of some people has it.

    None where the name is free, as it is for somebody who is there under it.
    """
    others = [other.name for other in people.values() if other.id != user.id]
    if is_free(user.name, others):
        return None
    taken = TakenNames(others)
    return next(name for name in variants(user.name) if name not in taken)
