"""The rooms themselves: each is the head of a log."""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef

from chat.access import policies
from chat.access.policies import Action
from chat.models import Message, Person, Room
from chat.rules.errors import not_found
from chat.rules.slugs import is_named, plain_slug

MANY = 1000
# By hand, because it runs for every batch of joining clients: 0.17 ms, and 0.46 through a queryset.
ROOMS = "SELECT * FROM chat_room WHERE id IN ({})"


def rooms_by_id(room_ids: Collection[int]) -> dict[int, Room]:
    """Return rooms as they are now, by id; those that are gone are missing."""
    found: dict[int, Room] = {}
    for some in _in_parts(room_ids):
        rooms = Room.objects.raw(ROOMS.format(_placeholders(some)), some)
        found |= {room.pk: room for room in rooms}
    return found


class Head(NamedTuple):
    """What tells whether somebody knows a room as it is; the fields are columns of its row."""

    version: int
    epoch: str
    slug: str
    name: str
    topic: str
    closed: bool


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


def find_room(slug: str, person: Person | None) -> Room | None:
    """Return the room at an address; None where there is none that `person` may read.

    `person` is None for somebody who did not say who they are.
    """
    sql, parameters = _finding()
    values = [slug if parameter == SOUGHT else parameter for parameter in parameters]
    room = next(iter(Room.objects.raw(sql, values)), None)
    return room if room and policies.may(person, Action.READ, room) else None


def rooms_written_in(person: Person, room_ids: Collection[int]) -> set[int]:
    """Return those of some rooms in which somebody has written."""
    written = Exists(Message.objects.filter(room=OuterRef("pk"), author=person))
    parts = (Room.objects.filter(written, pk__in=some) for some in _in_parts(room_ids))
    return {room_id for rooms in parts for room_id in rooms.values_list("pk", flat=True)}


def find_older_room(text: str, person: Person | None) -> Room | None:
    """Return the room that was called `text` while signs were left out of slugs, if there is one
    that `person` may read."""
    room = find_room(plain_slug(text), person)
    return room if room and is_named(room.name, text) else None


def get_room(slug: str, person: Person | None) -> Room:
    """Return the room at an address that `person` may read. Raises ChatError `not_found`."""
    room = find_room(slug, person)
    if room is None:
        raise not_found()
    return room


# No room's address: it stands for the one that is searched.
SOUGHT = "\0"


@cache
def _finding() -> tuple[str, tuple]:
    """Return the statement that finds a room, and its parameters; compiled once, because that
    costs more than the search itself."""
    return Room.objects.filter(slug=SOUGHT).order_by().query.sql_with_params()


def create_room(slug: str, name: str, person: Person | None) -> Room:
    """Return the room at an address, created now unless somebody was quicker.

    Raises ChatError `not_found` where it is there and `person` may not read it.
    """
    try:
        with transaction.atomic():
            return Room.objects.create(slug=slug, name=name)
    except IntegrityError:
        return get_room(slug, person)
