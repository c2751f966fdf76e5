"""Keeps the lists of rooms that people watch in step with the database.

What is written in rooms is found by the comparison of heads that runs every second anyway. Changes
of who belongs where come as hints, and are found by polling without them.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence

from django.db import Error

from chat import log
from chat.cluster.hints import HasRead, MembershipChanged
from chat.cluster.transport import HintTransport
from chat.live.batcher import CROWD_EVERY, Batcher, Item, call_back
from chat.live.lists import Lists, Watcher
from chat.live.registry import Client
from chat.live.tasks import BackgroundTasks
from chat.live.threads import DatabaseThreads
from chat.log import Digest, Head, Listed, OwnRooms
from chat.models import Person, Room
from chat.rules.errors import ChatError

logger = logging.getLogger(__name__)

# So many lists are sent in a row: with thousands, others would wait for their frames.
IN_A_ROW = 50
# Who is there changes often, and is the least of what a list says.
COUNTS_EVERY = 5.0


class Watching:
    """The lists of rooms that connections of one process watch."""

    def __init__(
        self,
        hints: HintTransport,
        database: DatabaseThreads,
        count_people: Callable[[], dict[int, int]],
    ):
        self._hints = hints
        self._database = database
        self._count_people = count_people
        self._counted_at = 0.0
        self._lists = Lists()
        # In order: of two readings of one place, the older must not come last.
        self._readings = Batcher(database, _read_places, self._apply_readings, CROWD_EVERY)
        # Places that were read without a mark that was stored, it seemed: they are read once more.
        self._doubtful: set[tuple[int, int]] = set()
        self._background = BackgroundTasks()
        self._now = asyncio.get_running_loop().time
        hints.handle(MembershipChanged, self._on_membership_changed)
        hints.handle(HasRead, self._on_has_read)

    @property
    def room_ids(self) -> Collection[int]:
        """The rooms in anybody's list."""
        return self._lists.rooms.keys()

    async def watch(self, connection: Client, person: Person, id: str | None) -> None:
        """Send a connection the list of its person's rooms, and what changes in it from now on.

        Raises ChatError `unavailable`.
        """
        watcher = self._lists.watcher(person.pk, person.public_id)
        watcher.entering += 1
        try:
            await self._readings.outcome_of((person.pk, None))
            if not connection.ended:
                self._lists.begin(watcher, connection, id)
        finally:
            watcher.entering -= 1
            self._lists.forget_if_unused(watcher)

    async def encoded_list(self, person: Person) -> str:
        """Return the list of somebody's rooms as JSON, `{"rooms": […]}`. Raises ChatError."""
        lists, read = Lists(), await self._readings.outcome_of((person.pk, None))
        watcher = lists.watcher(person.pk, person.public_id)
        lists.apply_places(watcher, None, read, self._count_people())
        return f'{{"rooms":[{",".join(lists.entries(watcher))}]}}'

    def forget(self, connection: Client, person: Person) -> None:
        """Send a connection nothing more: it ended, or is somebody else's."""
        watcher = self._lists.watchers.get(person.pk)
        if watcher and watcher.connections.pop(connection, None) is not None:
            self._lists.forget_if_unused(watcher)

    # Who belongs where

    def publish_membership(self, room_id: int, person: str) -> None:
        """Show somebody a room in their list as it is for them now, here and in other processes."""
        hint = MembershipChanged(room_id, person)
        # Alone, a process would send one to itself for each member who comes in, and drop it.
        if self._hints.has_peers:
            self._hints.publish(hint)
        self._on_membership_changed(hint)

    async def publish_access(self, room_id: int) -> None:
        """Show everybody a room in their list whose place in it has changed, here before this
        returns, in other processes soon."""
        self._hints.publish(MembershipChanged(room_id))
        await self._read_places_in(room_id)

    async def _read_places_in(self, room_id: int) -> None:
        """Read again the places of those who belong to a room, or have it in their list."""
        if not self._lists.watchers:
            return
        try:
            people = await self._database.run(log.people_of, room_id)
        except Error:
            # What cannot be read now is found by the next comparison.
            return
        people |= {watcher.person_id for watcher in self._lists.watchers_of(room_id)}
        sought = people & self._lists.watchers.keys()
        readings = [self._readings.outcome_of((person_id, room_id)) for person_id in sought]
        await asyncio.gather(*readings, return_exceptions=True)

    def _on_membership_changed(self, hint: MembershipChanged, sender: str | None = None) -> None:
        if hint.person is None:
            self._background.run(self._read_places_in(hint.room), logger.error)
        elif watcher := self._lists.find(hint.person):
            self._read_place(watcher, hint.room)

    def _read_place(self, watcher: Watcher, room_id: int | None) -> None:
        # What cannot be read now is found by the next comparison.
        self._readings.add_item((watcher.person_id, room_id), lambda outcome: None)

    def _apply_readings(
        self, batch: Sequence[Item], outcomes: Sequence[OwnRooms | ChatError]
    ) -> None:
        counts = self._count_people()
        for ((person_id, room_id), on_outcome), outcome in zip(batch, outcomes, strict=True):
            watcher = self._lists.watchers.get(person_id)
            if watcher and not isinstance(outcome, ChatError):
                read = self._checked(watcher, outcome)
                self._lists.apply_places(watcher, room_id, read, counts)
                self._lists.send_changes(watcher)
            call_back(on_outcome, outcome)

    def _checked(self, watcher: Watcher, read: OwnRooms) -> OwnRooms:
        """Return a reading without marks that are older than those that were published: it was
        begun before they were stored, and is made again."""
        places = dict(read.places[watcher.person_id])
        for room_id, own in tuple(places.items()):
            key, known = (watcher.person_id, room_id), watcher.own.get(room_id)
            if known is None or own.last_read >= known.last_read or key in self._doubtful:
                self._doubtful.discard(key)
            else:
                self._doubtful.add(key)
                self._read_place(watcher, room_id)
                places[room_id] = known
        return read._replace(places={watcher.person_id: places})

    # How far people have read

    def publish_read(self, room_id: int, person: str, seq: int) -> None:
        """Show somebody's other devices how far they have read, here and in other processes."""
        hint = HasRead(room_id, person, seq)
        self._hints.publish(hint)
        self._on_has_read(hint)

    def _on_has_read(self, hint: HasRead, sender: str | None = None) -> None:
        watcher = self._lists.find(hint.person)
        own = watcher and watcher.own.get(hint.room)
        if not own or own.last_read >= hint.seq:
            return
        read_up_to = max(own.read_up_to, hint.seq)
        now = own._replace(last_read=hint.seq, read_up_to=read_up_to)
        self._lists.set_place(watcher, now)
        if own.mentions or self._lists.rooms[hint.room].head.last_seq > read_up_to:
            # How many are left, and whether any is by somebody else.
            self._read_place(watcher, hint.room)
        else:
            self._lists.send_changes(watcher)

    # What is new in rooms

    async def apply_heads(self, heads: dict[int, Head], room_ids: Iterable[int]) -> None:
        """Apply a reading of rooms' heads, those of rooms that are gone missing, and send those
        who watch what is new."""
        grown: dict[int, int] = {}
        for room_id in room_ids:
            room = self._lists.rooms.get(room_id)
            if room and (room.unchecked or room.head != heads.get(room_id)):
                self._apply_head(room_id, heads.get(room_id), grown)
        if self._now() >= self._counted_at + COUNTS_EVERY:
            self._counted_at = self._now()
            self._lists.apply_counts(self._count_people())
        if grown:
            await self._apply_growth(grown)
        await self._send_all_changes()

    async def _apply_growth(self, grown: dict[int, int]) -> None:
        """Apply what new messages are to whom beside unread ones; `grown` has the seqs after which
        they came."""
        noticed, authors = await self._database.run(_noticed_and_authors, grown)
        for room_id, person_id in noticed:
            self._read_mentions(room_id, person_id)
        # Before anything is sent: one's own words are not unread, not even for a moment.
        for room_id, written in authors.items():
            for person_id in set(written.values()):
                self._pass_own(person_id, room_id, written)
        direct = [
            self._readings.outcome_of((watcher.person_id, room_id))
            for room_id in grown
            if (room := self._lists.rooms.get(room_id)) and room.head.kind == Room.Kind.DIRECT
            for watcher in room.watchers
        ]
        await asyncio.gather(*direct, return_exceptions=True)

    def _pass_own(self, person_id: int, room_id: int, written: dict[int, int]) -> None:
        """Count what somebody has written after what they have read as read; `written` has the
        authors of messages, by seq."""
        watcher = self._lists.watchers.get(person_id)
        if not watcher or not (own := watcher.own.get(room_id)):
            return
        seq = own.read_up_to
        while written.get(seq + 1) == person_id:
            seq += 1
        if seq > own.read_up_to:
            self._lists.set_place(watcher, own._replace(read_up_to=seq))

    def _apply_head(self, room_id: int, head: Head | None, grown: dict[int, int]) -> None:
        """Apply the head of a room; note in `grown` after which seq messages are new."""
        room = self._lists.rooms[room_id]
        before = room.head
        if head is None:
            for watcher in tuple(room.watchers):
                self._lists.hide(watcher, room_id)
            return
        if not self._lists.update(room_id, head, room.people) and not room.unchecked:
            return
        appended = head.last_seq - before.last_seq
        if head.access != before.access or room.unchecked:
            self._read_mentions(room_id, None)
        elif head.epoch == before.epoch and head.version - before.version == appended:
            grown[room_id] = before.last_seq
            self._read_hidden(room_id)
        else:
            # One that was there before may mean others now.
            self._read_mentions(room_id, None)

    def _read_mentions(self, room_id: int, person_id: int | None) -> None:
        """Read again how many messages mean somebody in a room; without them, everybody."""
        for watcher in self._lists.watchers_of(room_id):
            if person_id in (None, watcher.person_id):
                self._read_place(watcher, room_id)

    def _read_hidden(self, room_id: int) -> None:
        """Read again the places of those who had hidden a room: a new message shows it again."""
        for watcher in self._lists.watchers_of(room_id):
            if watcher.own[room_id].hidden:
                self._read_place(watcher, room_id)

    # What no hint said

    async def compare(self) -> None:
        """Compare who belongs where, and how those are called whom direct rooms are between, with
        the database."""
        lists = self._lists
        if not lists.watchers:
            return
        heads = {room_id: room.head for room_id, room in lists.rooms.items()}
        nothing = log.digest_of(())
        found, people = await self._database.run(_digests_and_people, tuple(lists.watchers), heads)
        for watcher in lists.watchers.values():
            watcher.digest = watcher.digest or log.digest_of(watcher.own.values())
            if found.get(watcher.person_id, nothing) != watcher.digest:
                self._read_place(watcher, None)
        for room_id, users in people.items():
            if room_id in lists.rooms:
                lists.update(room_id, lists.rooms[room_id].head, users)
        await self._send_all_changes()

    async def _send_all_changes(self) -> None:
        due = [watcher for watcher in self._lists.watchers.values() if watcher.is_due]
        for number, watcher in enumerate(due, 1):
            self._lists.send_changes(watcher)
            if number % IN_A_ROW == 0:
                await asyncio.sleep(0)

    async def stop(self) -> None:
        """Finish the readings under way."""
        await self._background.stop()
        await self._readings.stop()


def _read_places(sought: Sequence[tuple[int, int | None]]) -> list[OwnRooms]:
    return [log.own_rooms(set(sought))] * len(sought)


def _noticed_and_authors(
    grown: dict[int, int],
) -> tuple[list[tuple[int, int | None]], dict[int, dict[int, int]]]:
    """Return whom new messages mean, by room and person, and who has written them, by room and
    seq."""
    return log.noticed_since(grown), log.authors_since(grown)


def _digests_and_people(
    person_ids: Collection[int], heads: dict[int, Head]
) -> tuple[dict[int, Digest], dict[int, list[Listed]]]:
    return log.digests(person_ids), log.people_of_direct_rooms(heads)
