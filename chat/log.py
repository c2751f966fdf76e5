"""The log of a room: the only writer of messages, and the ways to read what one missed.

Everything here is synchronous and touches nothing but the database. The room's row is the lock:
whoever holds it gives out the next seq and version, so the order of versions is the order of
commits, and "what did I miss" is `version > N`. Cursors over timestamps or automatic ids lose
rows when writers overlap.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from chat.errors import ChatError, not_found
from chat.models import Configuration, Message, Person, Room
from chat.policies import may_write
from chat.protocol import MAX_CHANGES, PAGE


@dataclass(frozen=True, slots=True)
class Draft:
    """A message on its way in; `client_id` is its author's idempotency key."""

    room_id: int
    author_id: int
    client_id: str
    body: str

    @property
    def key(self) -> tuple[int, int, str]:
        return self.room_id, self.author_id, self.client_id


@dataclass(frozen=True, slots=True)
class Receipt:
    """A committed message; `duplicate` when the same draft had been committed before."""

    message: Message
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a reader needs to go on from: `room.version` is the version it then has."""

    room: Room
    messages: list[Message]
    reset: bool
    more: bool


def append(drafts: Sequence[Draft]) -> list[Receipt | ChatError]:
    """Commit a batch of drafts in one transaction and answer each, in order.

    A draft that may not be written is answered with its refusal and disturbs no other. A repeat
    is answered with the first receipt. Raises what the database raises when nothing was stored.
    """
    with transaction.atomic():
        batch = _Batch(drafts)
        outcomes = [batch.settle(draft) for draft in drafts]
        batch.store()
    return outcomes


class _Batch:
    """The rows that a batch of drafts depends on, locked, and what comes of them."""

    def __init__(self, drafts: Sequence[Draft]):
        self.rooms = {room.pk: room for room in Room.objects.locked({d.room_id for d in drafts})}
        self.authors = Person.objects.in_bulk({draft.author_id for draft in drafts})
        self.configuration = Configuration.load()
        self.known = self._find_repeats(drafts)
        self.now = timezone.now()
        self.new: list[Message] = []

    def _find_repeats(self, drafts: Sequence[Draft]) -> dict[tuple[int, int, str], Message]:
        candidates = Message.objects.filter(
            room_id__in=self.rooms,
            author_id__in=self.authors,
            client_id__in={draft.client_id for draft in drafts},
        )
        return {(m.room_id, m.author_id, m.client_id): m for m in candidates}

    def settle(self, draft: Draft) -> Receipt | ChatError:
        room, author = self.rooms.get(draft.room_id), self.authors.get(draft.author_id)
        if room is None or author is None:
            return not_found()
        if first := self.known.get(draft.key):
            return self._repeat(draft, first)
        if refusal := may_write(author, room, self.configuration):
            return refusal
        return Receipt(self._number(draft, room, author))

    def _repeat(self, draft: Draft, first: Message) -> Receipt | ChatError:
        if first.body != draft.body:
            return ChatError(
                "conflict", "Another message was sent under this id: send it under a new one."
            )
        return Receipt(first, duplicate=True)

    def _number(self, draft: Draft, room: Room, author: Person) -> Message:
        room.version += 1
        room.last_seq += 1
        message = Message(
            room=room,
            seq=room.last_seq,
            version=room.version,
            first_version=room.version,
            author=author,
            client_id=draft.client_id,
            body=draft.body,
            created_at=self.now,
        )
        self.new.append(message)
        self.known[draft.key] = message
        return message

    def store(self) -> None:
        Message.objects.bulk_create(self.new)
        for room in {message.room for message in self.new}:
            room.save(update_fields=["version", "last_seq"])


def delete(message_id: int) -> Message:
    """Make a message an empty line for everybody; give it as it is now. Deleting twice is once."""
    return _change(message_id, deleted_at=timezone.now())


def restore(message_id: int) -> Message:
    """Show a deleted message again; give it as it is now."""
    return _change(message_id, deleted_at=None)


def _change(message_id: int, *, deleted_at: datetime | None) -> Message:
    """Set a message's deletion under its room's lock, as the room's next version."""
    with transaction.atomic():
        room = Room.objects.locked(Message.objects.filter(pk=message_id).values("room_id")).get()
        message = Message.objects.in_room(room.pk).get(pk=message_id)
        if message.is_deleted != (deleted_at is not None):
            room.version = message.version = room.version + 1
            message.deleted_at = deleted_at
            message.save(update_fields=["version", "deleted_at"])
            room.save(update_fields=["version"])
        message.room = room
    return message


def since(room_id: int, after: int | None, epoch: str | None) -> Excerpt:
    """Give what changed after version `after` of `epoch`, or a fresh start where that cannot be.

    A fresh start (`reset`) is the newest page: without `after`, for another epoch, for a version
    the room has not reached, and past MAX_CHANGES changes. Raises ChatError `not_found`.
    """
    room = room_by_id(room_id)
    if after is None or epoch != room.epoch or after > room.version:
        return _fresh(room)
    messages = changes(room_id, after, MAX_CHANGES + 1)
    if len(messages) > MAX_CHANGES:
        return _fresh(room)
    if messages:
        # The room was read first: what was committed in between is in the messages.
        room.version = messages[-1].version
        room.last_seq = max(room.last_seq, max(message.seq for message in messages))
    return Excerpt(room, messages, reset=False, more=room.last_seq > 0)


def _fresh(room: Room) -> Excerpt:
    # Messages committed since the room was read may be among these: their events come once more,
    # and a client takes an event for a message it has as that message's new state.
    messages, more = page(room.pk, None, PAGE)
    if messages:
        room.last_seq = max(room.last_seq, messages[-1].seq)
    return Excerpt(room, messages, reset=True, more=more)


def changes(room_id: int, after: int, limit: int) -> list[Message]:
    """Give the messages changed after a version, in ascending version, at most `limit`."""
    changed = Message.objects.in_room(room_id).filter(version__gt=after)
    return list(changed.order_by("version")[:limit])


def page(room_id: int, before: int | None, limit: int) -> tuple[list[Message], bool]:
    """Give up to `limit` messages before seq `before` (or the newest), ascending, and whether
    older ones exist."""
    messages = Message.objects.in_room(room_id)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    newest_first = list(messages.order_by("-seq")[: limit + 1])
    return newest_first[:limit][::-1], len(newest_first) > limit


def rooms_by_id(room_ids: Collection[int]) -> dict[int, Room]:
    """Give rooms as they are now, by id, in one query; those that are gone are missing."""
    return Room.objects.in_bulk(room_ids)


def room_by_id(room_id: int) -> Room:
    """Give a room as it is now. Raises ChatError `not_found`."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise not_found()
    return room


def find_room(slug: str) -> Room:
    """Give the room at an address. Raises ChatError `not_found`."""
    room = Room.objects.visible().filter(slug=slug).first()
    if room is None:
        raise not_found()
    return room


def create_room(slug: str, name: str) -> Room:
    """Give the room at an address, made now unless somebody was quicker."""
    try:
        with transaction.atomic():
            return Room.objects.create(slug=slug, name=name)
    except IntegrityError:
        return find_room(slug)
