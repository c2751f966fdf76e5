"""The rooms themselves: each is the head of a log."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef

from chat.access import policies
from chat.access.policies import Action
from chat.models import Membership, Message, Person, Room
from chat.rules.errors import not_found
from chat.rules.slugs import UNTYPED, is_named, plain_slug

MANY = 1000
# By hand, because it runs for every batch of joining clients: 0.17 ms, and 0.46 through a queryset.
ROOMS = "SELECT * FROM chat_room WHERE id IN ({})"
BY_ID = "SELECT * FROM chat_room WHERE public_id = %s"
# In one statement: nobody can tell by the time whether an address was taken.
BY_SLUG = (
    "SELECT * FROM chat_room WHERE slug = %s"
    " OR id = (SELECT room_id FROM chat_alias WHERE slug = %s)"
)
MEMBERSHIPS = "SELECT * FROM chat_membership WHERE"


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
    if address.startswith(UNTYPED):
        found = Room.objects.raw(BY_ID, [address])
    else:
        found = Room.objects.raw(BY_SLUG, [address, address])
    return next(iter(found), None)


def find_room(address: str, person: Person | None) -> Room | None:
    """Return the room at an address, a former one or an id; None where there is none that `person`
    may read.

    `person` is None for somebody who did not say who they are.
    """
    room = look_up(address)
    # In any case: nobody can tell by the time whether there is a room.
    membership = membership_of(room.pk if room else 0, person)
    return room if room and policies.may(person, Action.READ, room, membership) else None


def find_to_enter(address: str, person: Person | None) -> Room | None:
    """Return the room at an address, a former one or an id, if somebody may read it or come in by
    its password; None otherwise, after the same statements."""
    return _if_enterable(look_up(address), person)


def find_older_to_enter(text: str, person: Person | None) -> Room | None:
    """Return the room that was called `text` while signs were left out of slugs, if there is one
    and somebody may read it or come in by its password."""
    return _if_enterable(look_up_older(text), person)


def _if_enterable(room: Room | None, person: Person | None) -> Room | None:
    membership = membership_of(room.pk if room else 0, person)
    if room is None or policies.asks_for_password(room, membership):
        return room
    return room if policies.may(person, Action.READ, room, membership) else None


def membership_of(room_id: int, person: Person | None) -> Membership | None:
    """Return somebody's membership in a room, or None."""
    if person is None:
        return None
    return memberships([(room_id, person.pk)]).get((room_id, person.pk))


def memberships(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], Membership]:
    """Return memberships by room and person, as far as there are any."""
    people: dict[int, list[int]] = {}
    for room_id, person_id in keys:
        people.setdefault(room_id, []).append(person_id)
    conditions = [
        f"(room_id = %s AND person_id IN ({_placeholders(ids)}))" for ids in people.values()
    ]
    if not conditions:
        return {}
    values = [value for room_id, ids in people.items() for value in (room_id, *ids)]
    found = Membership.objects.raw(f"{MEMBERSHIPS} {' OR '.join(conditions)}", values)
    return {(m.room_id, m.person_id): m for m in found}


def rooms_written_in(person: Person, room_ids: Collection[int]) -> set[int]:
    """Return those of some rooms in which somebody has written."""
    written = Exists(Message.objects.filter(room=OuterRef("pk"), author=person))
    parts = (Room.objects.filter(written, pk__in=some) for some in _in_parts(room_ids))
    return {room_id for rooms in parts for room_id in rooms.values_list("pk", flat=True)}


def look_up_older(text: str) -> Room | None:
    """Return the room that was called `text` while signs were left out of slugs, whoever may read
    it; None where there is none."""
    room = look_up(plain_slug(text))
    return room if room and is_named(room.name, text) else None


def get_room(slug: str, person: Person | None) -> Room:
    """Return the room at an address that `person` may read. Raises ChatError `not_found`."""
    room = find_room(slug, person)
    if room is None:
        raise not_found()
    return room
