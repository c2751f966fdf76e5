"""The rooms themselves: each is the head of a log."""

from collections.abc import Collection
from functools import cache

from django.db import IntegrityError, transaction

from chat.errors import not_found
from chat.models import Room


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
    room = next(iter(Room.objects.raw(_finding(), [slug])), None)
    if room is None:
        raise not_found()
    return room


@cache
def _finding() -> str:
    """Give the statement that finds a visible room, put together once: each time costs more than
    the search itself."""
    sql, _ = Room.objects.visible().filter(slug="").order_by().query.sql_with_params()
    return sql


def create_room(slug: str, name: str) -> Room:
    """Give the room at an address, made now unless somebody was quicker."""
    try:
        with transaction.atomic():
            return Room.objects.create(slug=slug, name=name)
    except IntegrityError:
        return find_room(slug)
