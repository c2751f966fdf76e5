"""What the other processes tell of who is there, and what they are told.

A process tells changes at once, and with every beat a digest of each of its rooms. Whoever finds
that a digest is not what it knows asks for the whole list. So a lost, late or doubled hint is put
right within a beat, and a process that falls silent is forgotten.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol
from zlib import crc32

from chat.cluster.hints import SILENT_AFTER, SITE, Hint, Hints, room_group
from chat.protocol import User

WAIT_FOR_ANSWERS = 0.5

People = dict[str, User]


class Home(Protocol):
    """The people of this process itself, as its peers ask for them."""

    def own_people(self, room_id: int) -> list[User]:
        """Give who is in a room through this process."""

    def is_live_here(self, user_id: str) -> bool:
        """Whether somebody has a connection in any room of this process."""

    def follows(self, room_id: int) -> bool:
        """Whether this process wants to know who is in a room."""

    def changed(self, room_id: int) -> None:
        """Hear that others came or went."""

    def beat(self) -> None:
        """Tell the peers that this process lives."""


@dataclass(slots=True)
class Peer:
    """What another process has told: who is there, and its digests and counts of each room.

    `known` has the digests of `people`, as far as they were asked for since the last change.
    """

    heard: float
    people: dict[int, People] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    digests: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)

    def told(self, room_id: int) -> int:
        """Give the digest of who they said is in a room."""
        if room_id not in self.known:
            self.known[room_id] = digest(self.people.get(room_id, {}).values())
        return self.known[room_id]

    def forget_room(self, room_id: int) -> None:
        """Keep nobody of a room."""
        self.people.pop(room_id, None)
        self.known.pop(room_id, None)


def digest(people: Iterable[User]) -> int:
    """Give a number that two equal sets of people share, whatever their order."""
    result = 0
    for user in people:
        result ^= crc32(f"{user.id} {user.name}".encode())
    return result


class Peers:
    """The other processes, by their incarnation, as far as they have told."""

    def __init__(self, hints: Hints, home: Home):
        self._hints = hints
        self._home = home
        self._peers: dict[str, Peer] = {}
        # The digests of this process's own rooms that have not changed since the last beat.
        self._digests: dict[int, int] = {}
        self._answered = asyncio.Event()
        self._searches: dict[str, asyncio.Event] = {}
        self._now = asyncio.get_running_loop().time
        hints.handle("beat", self._on_beat)
        hints.handle("want", self._on_want)
        hints.handle("people", self._on_people)
        hints.handle("moved", self._on_moved)
        hints.handle("where", self._on_where)
        hints.handle("here", self._on_here)

    def __len__(self) -> int:
        return len(self._peers)

    # What they told

    def people(self, room_id: int) -> People:
        """Give who is in a room through other processes."""
        everybody: People = {}
        for peer in self._peers.values():
            everybody.update(peer.people.get(room_id, {}))
        return everybody

    def counts(self) -> dict[int, int]:
        """Give how many people they say are in each room.

        Safe from any thread: a peer's counts are replaced, never changed.
        """
        counts: dict[int, int] = {}
        for peer in tuple(self._peers.values()):
            for room_id, number in peer.counts.items():
                counts[room_id] = max(number, counts.get(room_id, 0))
        return counts

    async def learn(self, room_id: int) -> None:
        """Ask who is in a room elsewhere, and wait for the answers, but not long.

        What comes later comes as a change.
        """
        awaited = {name for name, peer in self._peers.items() if room_id in peer.digests}
        if not awaited:
            return
        self._hints.publish(room_group(room_id), "want", room=room_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_ANSWERS):
                while any(room_id not in self._told_by(name) for name in awaited):
                    self._answered.clear()
                    await self._answered.wait()

    def _told_by(self, name: str) -> dict[int, People]:
        return self._peers[name].people if name in self._peers else {}

    async def have(self, user_id: str) -> bool:
        """Whether somebody has a connection in a room of another process."""
        if not self._peers:
            return False
        found = self._searches.setdefault(user_id, asyncio.Event())
        self._hints.publish(SITE, "where", user=user_id)
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_FOR_ANSWERS):
                await found.wait()
        self._searches.pop(user_id, None)
        return found.is_set()

    def forget_silent(self) -> None:
        """Drop the people of processes that have not been heard; none while this one is deaf."""
        now = self._now()
        for name, peer in tuple(self._peers.items()):
            if self._hints.sick:
                peer.heard = now
            elif now - peer.heard > SILENT_AFTER:
                del self._peers[name]
                for room_id in peer.people:
                    self._home.changed(room_id)

    def forget_room(self, room_id: int) -> None:
        """Keep nothing of a room that this process no longer follows."""
        for peer in self._peers.values():
            peer.forget_room(room_id)

    # What they are told

    def tell(self, room_id: int, joined: Iterable[User] = (), left: Iterable[str] = ()) -> None:
        """Tell who came to a room and who left it, through this process."""
        self._digests.pop(room_id, None)
        self._hints.publish(
            room_group(room_id),
            "moved",
            room=room_id,
            joined=[user.model_dump() for user in joined],
            left=list(left),
        )

    def beat(self, counts: dict[int, int]) -> None:
        """Tell that this process lives, and for each of its rooms what they should know of it.

        `counts` has its rooms, with how many people are there in all.
        """
        for room_id in counts.keys() - self._digests.keys():
            self._digests[room_id] = digest(self._home.own_people(room_id))
        rooms = [(room_id, self._digests[room_id], number) for room_id, number in counts.items()]
        self._hints.publish(SITE, "beat", rooms=rooms)

    def _on_beat(self, hint: Hint) -> None:
        if hint["of"] not in self._peers:
            # Whoever is new to the other knows as little of this process.
            self._peers[hint["of"]] = Peer(self._now())
            self._home.beat()
        peer = self._peers[hint["of"]]
        peer.heard = self._now()
        peer.digests = {room_id: value for room_id, value, _ in hint["rooms"]}
        peer.counts = {room_id: count for room_id, _, count in hint["rooms"]}
        for room_id in peer.people.keys() | peer.digests.keys():
            if not self._home.follows(room_id):
                continue
            if peer.told(room_id) != peer.digests.get(room_id, 0):
                # Not in the room's own group: whoever has nobody there any more has left that.
                self._hints.publish(SITE, "want", room=room_id, whose=hint["of"])

    def _on_want(self, hint: Hint) -> None:
        if hint.get("whose", self._hints.incarnation) != self._hints.incarnation:
            return
        room_id = hint["room"]
        people = [user.model_dump() for user in self._home.own_people(room_id)]
        self._hints.publish(room_group(room_id), "people", room=room_id, people=people)

    def _on_people(self, hint: Hint) -> None:
        if peer := self._peers.get(hint["of"]):
            peer.people[hint["room"]] = {u["id"]: User(**u) for u in hint["people"]}
            self._changed(peer, hint["room"])

    def _on_moved(self, hint: Hint) -> None:
        if peer := self._peers.get(hint["of"]):
            people = peer.people.setdefault(hint["room"], {})
            people.update((u["id"], User(**u)) for u in hint["joined"])
            for user_id in hint["left"]:
                people.pop(user_id, None)
            self._changed(peer, hint["room"])

    def _changed(self, peer: Peer, room_id: int) -> None:
        peer.known.pop(room_id, None)
        self._home.changed(room_id)
        self._answered.set()

    def _on_where(self, hint: Hint) -> None:
        if self._home.is_live_here(hint["user"]):
            self._hints.publish(SITE, "here", user=hint["user"])

    def _on_here(self, hint: Hint) -> None:
        if search := self._searches.get(hint["user"]):
            search.set()
