"""The rooms themselves: each is the head of a log."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from chat.access import policies
from chat.access.policies import Action
from chat.models import Message, Person, Room
from chat.rules.errors import not_found
from chat.rules.slugs import UNTYPED, is_named, plain_slug

MANY = 1000
# By hand, because it runs for every batch of joining clients: 0.17 ms, and 0.46 through a queryset.
ROOMS = "SELECT * FROM chat_room WHERE id IN ({})"


class StoredMembership(NamedTuple):
    """Somebody's place in a room; the fields are columns of its row."""

    role: str
    last_read: int
    level: str
    hidden: bool
    banned_at: datetime | None


# With somebody's place there: nobody can tell by the time whether there is a room.
AT = (
    f"SELECT r.*, {', '.join(f'm.{name} AS own_{name}' for name in StoredMembership._fields)}"  # noqa: S608
    " FROM chat_room r LEFT JOIN chat_membership m ON m.room_id = r.id AND m.person_id = %s WHERE "
)
BY_ID = f"{AT} r.public_id = %s"
BY_SLUG = f"{AT} (r.slug = %s OR r.id = (SELECT room_id FROM chat_alias WHERE slug = %s))"  # noqa: S608
# For who does not belong to a room that is not public, it is as if it were not there: its object
# alone took 5 to 10 % of the time of a refusal ("unknown" in bench/).
KNOWABLE = f" AND (r.kind = '{Room.Kind.PUBLIC}' OR m.id IS NOT NULL)"
# By hand like the rooms, for the same reason: 0.1 ms, and 0.35 with models.
MEMBERSHIPS = (
    f"SELECT room_id, person_id, {', '.join(StoredMembership._fields)} FROM chat_membership WHERE"  # noqa: S608
)


def rooms_by_id(room_ids: Collection[int]) -> dict[int, Room]:
    """Return rooms as they are now, by id; those that are gone are missing."""
    found: dict[int, Room] = {}
    for some in _in_parts(room_ids):
        rooms = Room.objects.raw(ROOMS.format(_placeholders(some)), some)
        found |= {room.pk: room for room in rooms}
    return found


class Head(NamedTuple):
    """What tells whether somebody knows a room as it is; the fields are columns of its row."""

    public_id: str | None
    version: int
    last_seq: int
    epoch: str
    slug: str
    name: str
    topic: str
    closed: bool
    kind: str
    password: str
    access: int


HEADS = f"SELECT id, {', '.join(Head._fields)} FROM chat_room WHERE id IN ({{}})"  # noqa: S608


def heads(room_ids: Collection[int]) -> dict[int, Head]:
    """Return the heads of rooms, by id; those that are gone are missing.

    Without models: every second it is read for all rooms of a process.
    """
    found = {}
    with connection.cursor() as cursor:
        for some in _in_parts(room_ids):
            cursor.execute(HEADS.format(_placeholders(some)), some)
            found |= {row[0]: Head(*row[1:]) for row in cursor.fetchall()}
    return found


def _in_parts(room_ids: Collection[int]) -> Iterator[list[int]]:
    """Return the ids in lists that a statement has parameters for."""
    ids = list(room_ids)
    return (ids[first : first + MANY] for first in range(0, len(ids), MANY))


def _placeholders(values: Sequence) -> str:
    return ", ".join(["%s"] * len(values))


def room_by_id(room_id: int) -> Room:
    """Return a room as it is now. Raises ChatError `not_found`."""
    room = rooms_by_id([room_id]).get(room_id)
    if room is None:
        raise not_found()
    return room


def look_up(address: str) -> Room | None:
    """Return the room at an address, a former one or an id, whoever may read it; None where there
    is none."""
    return _first(address, None)


def _first(address: str, person: Person | None, condition: str = "") -> Room | None:
    """Return the room at an address that meets a condition, with the fields of somebody's place
    there."""
    if address.startswith(UNTYPED):
        rooms = Room.objects.raw(BY_ID + condition, [person and person.pk, address])
    else:
        rooms = Room.objects.raw(BY_SLUG + condition, [person and person.pk, address, address])
    return next(iter(rooms), None)


def _look_up_for(
    address: str, person: Person | None
) -> tuple[Room | None, StoredMembership | None]:
    """Return the room at an address, and somebody's place there."""
    room = _first(address, person, KNOWABLE)
    if room is None or room.own_role is None:
        return room, None
    own = (getattr(room, f"own_{name}") for name in StoredMembership._fields)
    return room, StoredMembership(*own)


def find_room(address: str, person: Person | None) -> Room | None:
    """Return the room at an address, a former one or an id; None where there is none that `person`
    may read, after the same statement.

    `person` is None for somebody who did not say who they are.
    """
    room, membership = _look_up_for(address, person)
    return room if room and policies.may(person, Action.READ, room, membership) else None


def find_to_enter(address: str, person: Person | None) -> Room | None:
    """Return the room at an address, a former one or an id, if somebody may read it or come in by
    its password; None otherwise, after the same statement."""
    room, membership = _look_up_for(address, person)
    return room if room and _may_enter(person, room, membership) else None


def find_older_to_enter(text: str, person: Person | None) -> Room | None:
    """Return the room that was called `text` while signs were left out of slugs, if there is one
    and somebody may read it or come in by its password."""
    room, membership = _look_up_for(plain_slug(text), person)
    is_meant = room is not None and is_named(room.name, text)
    return room if is_meant and _may_enter(person, room, membership) else None


def _may_enter(person: Person | None, room: Room, membership: StoredMembership | None) -> bool:
    if policies.asks_for_password(room, membership):
        return True
    return policies.may(person, Action.READ, room, membership)


def memberships(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], StoredMembership]:
    """Return people's places in rooms by room and person, as far as there are any."""
    people: dict[int, list[int]] = {}
    for room_id, person_id in keys:
        people.setdefault(room_id, []).append(person_id)
    # Numbers need no quotes; as parameters each would cost 1 us more.
    conditions = [
        f"(room_id = {room_id:d} AND person_id IN ({', '.join([f'{each:d}' for each in ids])}))"
        for room_id, ids in people.items()
    ]
    if not conditions:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"{MEMBERSHIPS} {' OR '.join(conditions)}")
        return {(room_id, person_id): StoredMembership(*row) for room_id, person_id, *row in cursor}


def rooms_written_in(person: Person, room_ids: Collection[int]) -> set[int]:
    """Return those of some rooms in which somebody has written."""
    written = Exists(Message.objects.filter(room=OuterRef("pk"), author=person))
    parts = (Room.objects.filter(written, pk__in=some) for some in _in_parts(room_ids))
    return {room_id for rooms in parts for room_id in rooms.values_list("pk", flat=True)}


def get_room(slug: str, person: Person | None) -> Room:
    """Return the room at an address that `person` may read. Raises ChatError `not_found`."""
    room = find_room(slug, person)
    if room is None:
        raise not_found()
    return room
