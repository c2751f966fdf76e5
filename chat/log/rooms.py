"""The rooms themselves: each is the head of a log."""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from chat.models import Room
from chat.rules.errors import not_found


def rooms_by_id(room_ids: Collection[int]) -> dict[int, Room]:
    """Give rooms as they are now, by id, in one query; those that are gone are missing."""
    return Room.objects.in_bulk(room_ids)


class Head(NamedTuple):
    """What tells whether somebody knows a room as it is."""

    version: int
    epoch: str
    slug: str
    name: str
    topic: str
    closed: bool


HEADS = "SELECT id, version, epoch, slug, name, topic, closed FROM chat_room WHERE id IN ({})"
MANY = 1000


def heads(room_ids: Collection[int]) -> dict[int, Head]:
    """Give the heads of rooms, by id; those that are gone are missing.

    Without models: it is asked every second for all rooms of a process.
    """
    found = {}
    remaining = list(room_ids)
    with connection.cursor() as cursor:
        while remaining:
            some, remaining = remaining[:MANY], remaining[MANY:]
            cursor.execute(HEADS.format(", ".join(["%s"] * len(some))), some)
            found |= {row[0]: Head(*row[1:]) for row in cursor.fetchall()}
    return found


def room_by_id(room_id: int) -> Room:
    """Give a room as it is now. Raises ChatError `not_found`."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise not_found()
    return room


def find_room(slug: str) -> Room:
    """Give the room at an address. Raises ChatError `not_found`."""
    sql, parameters = _finding()
    given = [slug if parameter == SOUGHT else parameter for parameter in parameters]
    room = next(iter(Room.objects.raw(sql, given)), None)
    if room is None:
        raise not_found()
    return room


# No room's address: it stands for the one that is looked for.
SOUGHT = "\0"


@cache
def _finding() -> tuple[str, tuple]:
    """Give the statement that finds a visible room, and its parameters, put together once: each
    time costs more than the search itself."""
    return Room.objects.visible().filter(slug=SOUGHT).order_by().query.sql_with_params()


def create_room(slug: str, name: str) -> Room:
    """Give the room at an address, made now unless somebody was quicker."""
    try:
        with transaction.atomic():
            return Room.objects.create(slug=slug, name=name)
    except IntegrityError:
        return find_room(slug)
