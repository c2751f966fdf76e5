"""Who is here: in memory, never in the log.

Each process owns the entries of its own connections, under an incarnation of its own. It tells
changes at once, and a digest of each room every few seconds; whoever finds that a digest is not
what it knows asks for the whole list. So a lost, late or doubled hint is put right within a beat,
and a process that falls silent is forgotten.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from zlib import crc32

from chat.feed import Feed
from chat.hints import SITE, Hint, Hints, room_group
from chat.names import name_key, variant
from chat.protocol import MAX_MEMBERS, PresenceEvent, User

BEAT_EVERY = 2.0
SILENT_AFTER = 10.0
LEAVE_AFTER = 5.0
WAIT_FOR_PEERS = 0.5

# Rooms with more people than this tell who came and went at most once in GATHER seconds.
SMALL_ROOM = 100
GATHER = 1.0

People = dict[str, User]


@dataclass(slots=True)
class Entry:
    """Somebody here through this process: how many connections, and when they are gone."""

    user: User
    connections: int = 0
    leaving: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class Peer:
    """What another process has told: who is there, and its digests and counts of each room."""

    heard: float
    people: dict[int, People] = field(default_factory=dict)
    digests: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Shown:
    """What the followers of a room in this process were told last, and when."""

    people: People = field(default_factory=dict)
    at: float = float("-inf")
    timer: asyncio.TimerHandle | None = None


def digest(people: Iterable[User]) -> int:
    """Give a number that two equal sets of people share, whatever their order."""
    result = 0
    for user in people:
        result ^= crc32(f"{user.id} {user.name}".encode())
    return result


class Presence:
    """The people of every room that this process follows, here and elsewhere."""

    def __init__(self, hints: Hints, feed: Feed):
        self._hints = hints
        self._feed = feed
        self._mine: dict[int, dict[str, Entry]] = {}
        self._peers: dict[str, Peer] = {}
        self._shown: dict[int, Shown] = {}
        self._counts: dict[int, int] = {}
        self._answered = asyncio.Event()
        self._searches: dict[str, asyncio.Event] = {}
        self._loop = asyncio.get_running_loop()
        hints.handle("beat", self._on_beat)
        hints.handle("want", self._on_want)
        hints.handle("people", self._on_people)
        hints.handle("where", self._on_where)
        hints.handle("here", self._on_here)
        hints.handle("moved", self._on_moved)

    # What a connection asks and does

    async def prepare(self, room_id: int) -> None:
        """Learn who is in a room elsewhere, before the first of this process enters it.

        Waits for the other processes' answers, but not long: what comes later comes as a change.
        """
        if room_id in self._mine:
            return
        awaited = {name for name, peer in self._peers.items() if room_id in peer.digests}
        if not awaited:
            return
        self._want(room_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_PEERS):
                while any(room_id not in self._known(name) for name in awaited):
                    self._answered.clear()
                    await self._answered.wait()

    def _known(self, name: str) -> dict[int, People]:
        return self._peers[name].people if name in self._peers else {}

    def enter(self, room_id: int, user: User) -> None:
        """Count one more connection of `user` in a room."""
        entries = self._mine.setdefault(room_id, {})
        entry = entries.get(user.id)
        if entry is None:
            entry = entries[user.id] = Entry(user)
            self._tell(room_id, joined=[user])
        elif entry.user != user:
            # Back, or here once more, under another name.
            entry.user = user
            self._tell(room_id, joined=[user])
        if entry.leaving:
            entry.leaving.cancel()
            entry.leaving = None
        entry.connections += 1
        self._refresh(room_id)

    def exit(self, room_id: int, user_id: str) -> None:
        """Count one connection less; after the last, wait a little: a reload is not a leave."""
        entry = self._mine.get(room_id, {}).get(user_id)
        if entry is None:
            return
        entry.connections -= 1
        if entry.connections == 0:
            entry.leaving = self._loop.call_later(LEAVE_AFTER, self.remove, room_id, user_id)

    def remove(self, room_id: int, user_id: str) -> None:
        """Take somebody out of a room now."""
        entry = self._mine.get(room_id, {}).pop(user_id, None)
        if entry is None:
            return
        if entry.leaving:
            entry.leaving.cancel()
        if not self._mine[room_id]:
            del self._mine[room_id]
        self._tell(room_id, left=[user_id])
        self._refresh(room_id)

    def rename(self, user: User) -> None:
        """Show somebody under another name, wherever they are through this process."""
        for room_id, entries in self._mine.items():
            if user.id in entries:
                entries[user.id].user = user
                self._tell(room_id, joined=[user])
                self._refresh(room_id)

    def free_name(self, room_id: int, user: User) -> str | None:
        """Give None when nobody else in the room has the user's name, else a free variant.

        Somebody who only lingers after their last connection gives their name up at once.
        """
        self._release_name(room_id, user)
        taken = {name_key(u.name) for u in self.people(room_id).values() if u.id != user.id}
        if name_key(user.name) not in taken:
            return None
        numbers = range(2, len(taken) + 3)
        return next(name for n in numbers if name_key(name := variant(user.name, n)) not in taken)

    def _release_name(self, room_id: int, user: User) -> None:
        for other in tuple(self._mine.get(room_id, {}).values()):
            same_name = name_key(other.user.name) == name_key(user.name)
            if other.leaving and same_name and other.user.id != user.id:
                self.remove(room_id, other.user.id)

    async def is_live(self, user_id: str) -> bool:
        """Whether somebody has a connection in any room, here or in another process."""
        if self._is_live_here(user_id):
            return True
        if not self._peers:
            return False
        found = self._searches.setdefault(user_id, asyncio.Event())
        self._hints.publish(SITE, "where", user=user_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_PEERS):
                await found.wait()
        self._searches.pop(user_id, None)
        return found.is_set()

    def _is_live_here(self, user_id: str) -> bool:
        entries = (entries.get(user_id) for entries in self._mine.values())
        return any(entry and entry.connections for entry in entries)

    # Who is there

    def people(self, room_id: int) -> People:
        """Give everybody in a room, by id, once each."""
        everybody: People = {}
        for peer in self._peers.values():
            everybody.update(peer.people.get(room_id, {}))
        everybody.update((i, entry.user) for i, entry in self._mine.get(room_id, {}).items())
        return everybody

    def members(self, room_id: int, first: User) -> tuple[list[User], int]:
        """Give up to MAX_MEMBERS people, `first` among them, and how many there are."""
        everybody = self.people(room_id)
        others = [user for user in everybody.values() if user.id != first.id]
        return [first, *others[: MAX_MEMBERS - 1]], len(others) + 1

    def occupied(self) -> set[int]:
        """Give the rooms in which this process has people."""
        return set(self._mine)

    def counts(self) -> dict[int, int]:
        """Give how many people are in each room that has any, here or elsewhere.

        Safe from any thread: a peer's counts are replaced, never changed, and `dict` copies at
        once.
        """
        counts: dict[int, int] = {}
        for peer in tuple(self._peers.values()):
            for room_id, number in peer.counts.items():
                counts[room_id] = max(number, counts.get(room_id, 0))
        return counts | dict(self._counts)

    # Telling the followers

    def _refresh(self, room_id: int) -> None:
        """Tell the room's followers what changed; in a large room, not each change by itself."""
        shown = self._shown.setdefault(room_id, Shown())
        if shown.timer:
            return
        wait = shown.at + GATHER - self._loop.time() if len(shown.people) > SMALL_ROOM else 0
        if wait > 0:
            shown.timer = self._loop.call_later(wait, self._show, room_id)
        else:
            self._show(room_id)

    def _show(self, room_id: int) -> None:
        shown = self._shown[room_id]
        now = self.people(room_id)
        joined = [user for i, user in now.items() if shown.people.get(i) != user]
        left = [user for i, user in shown.people.items() if i not in now]
        shown.people, shown.at, shown.timer = now, self._loop.time(), None
        self._count(room_id, len(now))
        stream = self._feed.stream(room_id)
        if stream and (joined or left):
            event = PresenceEvent(
                room=stream.room.slug,
                joined=joined[:MAX_MEMBERS],
                left=left,
                count=len(now),
            )
            self._feed.emit(room_id, event)

    def _count(self, room_id: int, number: int) -> None:
        """Keep the number of people in a room; of a room without any of ours, peers tell."""
        if number and room_id in self._mine:
            self._counts[room_id] = number
        else:
            self._counts.pop(room_id, None)

    # Between processes

    def _tell(self, room_id: int, joined: Iterable[User] = (), left: Iterable[str] = ()) -> None:
        self._hints.publish(
            room_group(room_id),
            "moved",
            room=room_id,
            joined=[user.model_dump() for user in joined],
            left=list(left),
        )

    def _want(self, room_id: int) -> None:
        self._hints.publish(room_group(room_id), "want", room=room_id)

    def beat(self) -> None:
        """Tell the other processes that this one lives, and what they should know of it."""
        rooms = [
            (room_id, digest(e.user for e in entries.values()), self._counts.get(room_id, 0))
            for room_id, entries in self._mine.items()
        ]
        self._hints.publish(SITE, "beat", rooms=rooms)

    def forget_silent(self) -> None:
        """Drop the people of processes that have not been heard; none while this one is deaf."""
        now = self._loop.time()
        for name, peer in tuple(self._peers.items()):
            if self._hints.sick:
                peer.heard = now
            elif now - peer.heard > SILENT_AFTER:
                del self._peers[name]
                for room_id in peer.people:
                    self._refresh(room_id)

    def forget_room(self, room_id: int) -> None:
        """Keep nothing of a room that this process no longer follows."""
        self._counts.pop(room_id, None)
        shown = self._shown.pop(room_id, None)
        if shown and shown.timer:
            shown.timer.cancel()
        for peer in self._peers.values():
            peer.people.pop(room_id, None)

    def _on_beat(self, hint: Hint) -> None:
        if hint["of"] not in self._peers:
            # Whoever is new to the other knows as little of this process.
            self._peers[hint["of"]] = Peer(self._loop.time())
            self.beat()
        peer = self._peers[hint["of"]]
        peer.heard = self._loop.time()
        peer.digests = {room_id: value for room_id, value, _ in hint["rooms"]}
        peer.counts = {room_id: count for room_id, _, count in hint["rooms"]}
        for room_id in peer.people.keys() | peer.digests.keys():
            known = digest(peer.people.get(room_id, {}).values())
            if self._feed.stream(room_id) and known != peer.digests.get(room_id, 0):
                self._want(room_id)

    def _on_want(self, hint: Hint) -> None:
        room_id = hint["room"]
        self._hints.publish(
            room_group(room_id),
            "people",
            room=room_id,
            people=[e.user.model_dump() for e in self._mine.get(room_id, {}).values()],
        )

    def _on_where(self, hint: Hint) -> None:
        if self._is_live_here(hint["user"]):
            self._hints.publish(SITE, "here", user=hint["user"])

    def _on_here(self, hint: Hint) -> None:
        if search := self._searches.get(hint["user"]):
            search.set()

    def _on_people(self, hint: Hint) -> None:
        if peer := self._peers.get(hint["of"]):
            peer.people[hint["room"]] = {u["id"]: User(**u) for u in hint["people"]}
            self._changed_elsewhere(hint["room"])

    def _on_moved(self, hint: Hint) -> None:
        if peer := self._peers.get(hint["of"]):
            people = peer.people.setdefault(hint["room"], {})
            people.update((u["id"], User(**u)) for u in hint["joined"])
            for user_id in hint["left"]:
                people.pop(user_id, None)
            self._changed_elsewhere(hint["room"])

    def _changed_elsewhere(self, room_id: int) -> None:
        if self._feed.stream(room_id):
            self._refresh(room_id)
        self._answered.set()

    def stop(self) -> None:
        """Cancel what is due later. Others find this process silent, and forget it in time."""
        timers = [shown.timer for shown in self._shown.values()]
        timers += [e.leaving for entries in self._mine.values() for e in entries.values()]
        for timer in filter(None, timers):
            timer.cancel()
