"""The lists of rooms that people watch, in memory: who has which room in theirs, and what they are
yet to be sent of it.

A room is encoded once for all who have it in their list; each entry adds the reader's own part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chat.live.registry import Client
from chat.log import Digest, Head, Listed, OwnRoom, OwnRooms
from chat.protocol import SharedEntry
from chat.protocol.listed import encoded_entry, encoded_rooms


@dataclass(slots=True, eq=False)
class Watcher:
    """A person who watches, with what each of their connections is yet to be sent.

    `own` has their places in rooms, `changed` the rooms that no connection was sent yet, `gone` the
    ids of those that they do not belong to any more. `entering` counts connections that wait for
    the list.
    """

    person_id: int
    public_id: str
    entering: int = 0
    connections: dict[Client, set[int]] = field(default_factory=dict)
    own: dict[int, OwnRoom] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)
    # Of what is in `own`, computed when it is needed.
    digest: Digest | None = None
    gone: dict[int, str] = field(default_factory=dict)

    @property
    def is_due(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.changed) or any(self.connections.values())


@dataclass(slots=True, eq=False)
class WatchedRoom:
    """A room in somebody's list. `text` is what is the same for all, encoded when it is needed.

    `unchecked` are watchers who may not belong to it any more: they are sent nothing of it.
    """

    head: Head
    count: int = 0
    people: Sequence[Listed] = ()
    watchers: set[Watcher] = field(default_factory=set)
    unchecked: set[Watcher] = field(default_factory=set)
    text: str | None = None

    def entry(self, own: OwnRoom) -> str:
        """Return the encoded entry of one of its watchers."""
        if self.text is None:
            self.text = SharedEntry.of(self.head, self.count, self.people).encode()
        return encoded_entry(self.text, self.head.last_seq, own)


class Lists:
    """The watchers of one process and the rooms in their lists, by the keys of their rows."""

    def __init__(self):
        self.watchers: dict[int, Watcher] = {}
        self._by_public_id: dict[str, Watcher] = {}
        self.rooms: dict[int, WatchedRoom] = {}

    # Who watches

    def watcher(self, person_id: int, public_id: str) -> Watcher:
        """Return the watcher that somebody is, a new one with an empty list if need be."""
        if person_id not in self.watchers:
            watcher = Watcher(person_id, public_id)
            self.watchers[person_id] = self._by_public_id[public_id] = watcher
        return self.watchers[person_id]

    def find(self, public_id: str) -> Watcher | None:
        """Return the watcher that somebody is, None for who does not watch."""
        return self._by_public_id.get(public_id)

    def watchers_of(self, room_id: int) -> tuple[Watcher, ...]:
        """Return those who have a room in their list."""
        room = self.rooms.get(room_id)
        return tuple(room.watchers) if room else ()

    def begin(self, watcher: Watcher, connection: Client, id: str | None) -> None:
        """Send a connection the whole list, and then what changes in it."""
        watcher.connections[connection] = set()
        connection.out.send_encoded(encoded_rooms(self.entries(watcher), [], id))

    def entries(self, watcher: Watcher) -> list[str]:
        """Return the encoded entries of somebody's whole list."""
        return [self.rooms[room_id].entry(own) for room_id, own in watcher.own.items()]

    def forget_if_unused(self, watcher: Watcher) -> None:
        """Forget somebody of whom no connection watches any more."""
        if watcher.connections or watcher.entering:
            return
        if self.watchers.pop(watcher.person_id, None):
            del self._by_public_id[watcher.public_id]
            for room_id in watcher.own:
                self._remove_watcher(room_id, watcher)

    def _remove_watcher(self, room_id: int, watcher: Watcher) -> None:
        room = self.rooms[room_id]
        room.watchers.discard(watcher)
        room.unchecked.discard(watcher)
        if not room.watchers:
            del self.rooms[room_id]

    # Places in rooms

    def apply_places(
        self, watcher: Watcher, room_id: int | None, read: OwnRooms, counts: dict[int, int]
    ) -> None:
        """Apply a reading of somebody's place in a room, or of all; `counts` says how many people
        are in each room.

        Of a room that is known the head stays as it is: with a newer one others may be meant by
        more messages, which `update` is for.
        """
        places = read.places[watcher.person_id]
        for each in watcher.own.keys() | places.keys() if room_id is None else {room_id}:
            if own := places.get(each):
                if each not in self.rooms:
                    people = read.people.get(each, ())
                    self.rooms[each] = WatchedRoom(read.heads[each], counts.get(each, 0), people)
                self._show(watcher, own)
            elif each in watcher.own:
                self.hide(watcher, each)

    def _show(self, watcher: Watcher, own: OwnRoom) -> None:
        room_id = own.room_id
        room = self.rooms[room_id]
        room.watchers.add(watcher)
        room.unchecked.discard(watcher)
        watcher.gone.pop(room_id, None)
        if own != watcher.own.get(room_id):
            self.set_place(watcher, own)

    def set_place(self, watcher: Watcher, own: OwnRoom) -> None:
        """Set somebody's place in a room of their list."""
        watcher.own[own.room_id], watcher.digest = own, None
        watcher.changed.add(own.room_id)

    def hide(self, watcher: Watcher, room_id: int) -> None:
        """Remove a room from somebody's list."""
        head = self.rooms[room_id].head
        del watcher.own[room_id]
        watcher.digest = None
        self._remove_watcher(room_id, watcher)
        watcher.gone[room_id] = head.public_id or head.slug
        watcher.changed.add(room_id)

    # The rooms

    def update(self, room_id: int, head: Head, people: Sequence[Listed]) -> bool:
        """Apply a reading of a room; return whether it is new."""
        room = self.rooms[room_id]
        before = room.head
        if head.epoch == before.epoch and head.version < before.version:
            return False
        if head == before and people == room.people:
            return False
        if head.access != before.access:
            room.unchecked = set(room.watchers)
        # Edits and reactions alone are no news for a list.
        is_news = head._replace(version=before.version) != before or people != room.people
        room.head, room.people, room.text = head, people, None
        if is_news:
            self._mark_changed(room_id, room)
        return True

    def apply_counts(self, counts: dict[int, int]) -> None:
        """Apply how many people are in rooms now."""
        for room_id, room in self.rooms.items():
            count = counts.get(room_id, 0)
            if count != room.count:
                room.count, room.text = count, None
                self._mark_changed(room_id, room)

    def _mark_changed(self, room_id: int, room: WatchedRoom) -> None:
        for watcher in room.watchers:
            watcher.changed.add(room_id)

    # What is sent

    def send_changes(self, watcher: Watcher) -> None:
        """Send what changed; a connection that does not read is sent it later, once."""
        changed = {i for i in watcher.changed if not self._is_unchecked(watcher, i)}
        watcher.changed -= changed
        text = None
        for connection, unsent in watcher.connections.items():
            if connection.out.blocked:
                unsent |= changed
            elif unsent:
                connection.out.send_encoded(self._encoded(watcher, changed | unsent))
                unsent.clear()
            elif changed:
                text = text or self._encoded(watcher, changed)
                connection.out.send_encoded(text)
        if watcher.gone and not watcher.is_due:
            watcher.gone.clear()

    def _is_unchecked(self, watcher: Watcher, room_id: int) -> bool:
        room = self.rooms.get(room_id)
        return room is not None and watcher in room.unchecked

    def _encoded(self, watcher: Watcher, changed: Iterable[int]) -> str:
        entries, gone = [], []
        for room_id in changed:
            if own := watcher.own.get(room_id):
                entries.append(self.rooms[room_id].entry(own))
            elif room_id in watcher.gone:
                gone.append(watcher.gone[room_id])
        return encoded_rooms(entries, gone)
