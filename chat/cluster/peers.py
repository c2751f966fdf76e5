"""The other processes of the site: who is present through them, and what they are sent.

A process publishes changes of presence at once, and with every heartbeat a digest of each of its
rooms (anti-entropy). A process that finds a digest different from what it knows asks for the whole
list. So a lost, late or doubled hint is put right within a heartbeat, and a silent process is
forgotten.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol
from zlib import crc32

from chat.cluster.hints import (
    Heartbeat,
    PersonFound,
    PersonSought,
    PresenceChanged,
    PresenceList,
    PresenceWanted,
)
from chat.cluster.transport import SILENT_AFTER, HintTransport
from chat.protocol import User

WAIT_FOR_REPLIES = 0.5
# For peers whose last heartbeat had nobody in a room: one that has died must not delay everybody
# who comes into an empty one.
WAIT_FOR_NOBODY = 0.1

People = dict[str, User]


class LocalPresence(Protocol):
    """The people of this process itself, as its peers ask for them."""

    def own_people(self, room_id: int) -> list[User]:
        """Return who is in a room through this process."""

    def is_live_here(self, user_id: str) -> bool:
        """Whether somebody has a connection in any room of this process."""

    def is_followed(self, room_id: int) -> bool:
        """Whether this process wants to know who is in a room."""

    def on_peers_changed(self, room_id: int) -> None:
        """Handle that others joined or left."""

    def send_heartbeat(self) -> None:
        """Publish that this process lives."""


@dataclass(slots=True)
class Peer:
    """What another process has published: who is there, its digests and counts of each room.

    `known` has the digests of `people`, as far as they were computed since the last change, and
    `listed` the rooms of which it has sent the whole list: a change alone names a part of them.
    """

    heard_at: float
    people: dict[int, People] = field(default_factory=dict)
    listed: set[int] = field(default_factory=set)
    known: dict[int, int] = field(default_factory=dict)
    digests: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    def known_digest(self, room_id: int) -> int:
        """Return the digest of the people known to be in a room through this peer."""
        if room_id not in self.known:
            self.known[room_id] = digest(self.people.get(room_id, {}).values())
        return self.known[room_id]

    def forget_room(self, room_id: int) -> None:
        """Keep nobody of a room."""
        self.people.pop(room_id, None)
        self.known.pop(room_id, None)
        self.listed.discard(room_id)


def digest(people: Iterable[User]) -> int:
    """Return a number that two equal sets of people share, whatever their order."""
    result = 0
    for user in people:
        result ^= crc32(f"{user.id} {user.name}".encode())
    return result


class Peers:
    """The other processes by their incarnation, as far as they have published."""

    def __init__(self, hints: HintTransport, local: LocalPresence):
        self._hints = hints
        self._local = local
        self._peers: dict[str, Peer] = {}
        # The digests of this process's own rooms that have not changed since the last heartbeat.
        self._digests: dict[int, int] = {}
        self._replied = asyncio.Event()
        self._searches: dict[str, asyncio.Event] = {}
        # How many ask who is in a room that this process does not follow.
        self._asking: Counter[int] = Counter()
        self._now = asyncio.get_running_loop().time
        hints.handle(Heartbeat, self._on_heartbeat)
        hints.handle(PresenceWanted, self._on_presence_wanted)
        hints.handle(PresenceList, self._on_presence_list)
        hints.handle(PresenceChanged, self._on_presence_changed)
        hints.handle(PersonSought, self._on_person_sought)
        hints.handle(PersonFound, self._on_person_found)

    def __len__(self) -> int:
        return len(self._peers)

    # What they published

    def people(self, room_id: int) -> People:
        """Return who is in a room through other processes."""
        everybody: People = {}
        for peer in self._peers.values():
            everybody.update(peer.people.get(room_id, {}))
        return everybody

    def has(self, room_id: int, user_id: str) -> bool:
        """Whether somebody is in a room through another process."""
        return any(user_id in peer.people.get(room_id, ()) for peer in self._peers.values())

    def counts(self) -> dict[int, int]:
        """Return how many people they count in each room.

        Safe from any thread: a peer's counts are replaced, never changed.
        """
        counts: dict[int, int] = {}
        for peer in tuple(self._peers.values()):
            for room_id, number in peer.counts.items():
                counts[room_id] = max(number, counts.get(room_id, 0))
        return counts

    async def fetch_people(self, room_id: int) -> None:
        """Ask who is in a room elsewhere, and wait for the replies, but not long.

        What comes later comes as a change.
        """
        if not self._peers:
            return
        self._hints.publish(PresenceWanted(room_id))
        await self._lists(room_id)

    async def people_outside(self, room_id: int) -> People:
        """Return who is in a room that this process does not follow: nothing is kept of it."""
        if not self._peers:
            return {}
        self._asking[room_id] += 1
        try:
            self._hints.publish(PresenceWanted(room_id, outside=True))
            await self._lists(room_id)
            return self.people(room_id)
        finally:
            self._asking[room_id] -= 1
            if not self._asking[room_id]:
                del self._asking[room_id]
                if not self._local.is_followed(room_id):
                    self.forget_room(room_id)

    async def _lists(self, room_id: int) -> None:
        """Wait for the lists of those in a room, but not long."""
        with_people = {name for name, peer in self._peers.items() if room_id in peer.digests}
        await self._replies(room_id, with_people, WAIT_FOR_REPLIES)
        await self._replies(room_id, set(self._peers), WAIT_FOR_NOBODY)

    async def _replies(self, room_id: int, awaited: set[str], seconds: float) -> None:
        """Wait until some peers have said who is in a room, so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while any(self._owes_list(name, room_id) for name in awaited):
                    self._replied.clear()
                    await self._replied.wait()

    def _owes_list(self, name: str, room_id: int) -> bool:
        peer = self._peers.get(name)
        return peer is not None and room_id not in peer.listed

    async def is_live_elsewhere(self, user_id: str) -> bool:
        """Whether somebody has a connection in a room of another process."""
        if not self._peers:
            return False
        found = self._searches.setdefault(user_id, asyncio.Event())
        self._hints.publish(PersonSought(user_id))
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_REPLIES):
                await found.wait()
        self._searches.pop(user_id, None)
        return found.is_set()

    def forget_silent(self) -> None:
        """Drop the people of processes that sent no heartbeat; none while this one is deaf."""
        now = self._now()
        for name, peer in tuple(self._peers.items()):
            if self._hints.is_deaf:
                peer.heard_at = now
            elif now - peer.heard_at > SILENT_AFTER:
                del self._peers[name]
                for room_id in peer.people:
                    self._local.on_peers_changed(room_id)

    def forget_room(self, room_id: int) -> None:
        """Keep nothing of a room that this process no longer follows."""
        for peer in self._peers.values():
            peer.forget_room(room_id)

    # What they are sent

    def publish_change(
        self, room_id: int, joined: Iterable[User] = (), left: Iterable[str] = ()
    ) -> None:
        """Publish who joined a room and who left it, through this process."""
        self._digests.pop(room_id, None)
        self._hints.publish(
            PresenceChanged(room_id, [user.model_dump() for user in joined], list(left))
        )

    def publish_heartbeat(self, counts: dict[int, int]) -> None:
        """Publish that this process lives, with the digest and count of each of its rooms.

        `counts` has its rooms, with how many people are there in all.
        """
        for room_id in counts.keys() - self._digests.keys():
            self._digests[room_id] = digest(self._local.own_people(room_id))
        rooms = [(room_id, self._digests[room_id], number) for room_id, number in counts.items()]
        self._hints.publish(Heartbeat(rooms))

    def _on_heartbeat(self, hint: Heartbeat, sender: str) -> None:
        if sender not in self._peers:
            # A peer that is new to this process knows as little of it.
            self._peers[sender] = Peer(self._now())
            self._local.send_heartbeat()
        peer = self._peers[sender]
        peer.heard_at = self._now()
        peer.digests = {room_id: value for room_id, value, _ in hint.rooms}
        peer.counts = {room_id: count for room_id, _, count in hint.rooms}
        for room_id in peer.people.keys() | peer.digests.keys():
            if not self._local.is_followed(room_id):
                continue
            if peer.known_digest(room_id) != peer.digests.get(room_id, 0):
                self._hints.publish(PresenceWanted(room_id, whose=sender))

    def _on_presence_wanted(self, hint: PresenceWanted, sender: str) -> None:
        if hint.whose in (None, self._hints.incarnation):
            people = [user.model_dump() for user in self._local.own_people(hint.room)]
            self._hints.publish(PresenceList(hint.room, people, hint.outside))

    def _on_presence_list(self, hint: PresenceList, sender: str) -> None:
        is_followed = self._local.is_followed(hint.room)
        peer = self._peers.get(sender)
        if peer is None or not (is_followed or hint.room in self._asking):
            return
        peer.people[hint.room] = {u["id"]: User(**u) for u in hint.people}
        peer.listed.add(hint.room)
        if is_followed:
            self._on_changed(peer, hint.room)
        self._replied.set()

    def _on_presence_changed(self, hint: PresenceChanged, sender: str) -> None:
        if peer := self._peers.get(sender):
            people = peer.people.setdefault(hint.room, {})
            people.update((u["id"], User(**u)) for u in hint.joined)
            for user_id in hint.left:
                people.pop(user_id, None)
            self._on_changed(peer, hint.room)

    def _on_changed(self, peer: Peer, room_id: int) -> None:
        peer.known.pop(room_id, None)
        self._local.on_peers_changed(room_id)
        self._replied.set()

    def _on_person_sought(self, hint: PersonSought, sender: str) -> None:
        if self._local.is_live_here(hint.person):
            self._hints.publish(PersonFound(hint.person))

    def _on_person_found(self, hint: PersonFound, sender: str) -> None:
        if search := self._searches.get(hint.person):
            search.set()
