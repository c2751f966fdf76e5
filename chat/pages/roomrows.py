"""The rows of the list of rooms on the first page."""

from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.translation import get_language

from chat.models import Room


class Row(NamedTuple):
    """What a row shows of a room."""

    slug: str
    name: str
    topic: str
    closed: bool
    count: int


def row_of(room: Room) -> str:
    """Return a room's row, as HTML; the room has its `count`."""
    row = Row(room.slug, room.name, room.topic, room.closed, room.count)
    return _rendered(row, get_language())


# To render 200 rows took three quarters of the page's time: 22 of 29 ms.
@lru_cache(2000)
def _rendered(row: Row, language: str) -> str:
    return render_to_string("chat/parts/room_row.html", {"room": row})
