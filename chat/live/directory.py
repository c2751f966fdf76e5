"""The rooms that are shown to whoever looks around."""

from chat.live.server import people_counts
from chat.models import Room

MAX_ROOMS = 200


def rooms() -> list[Room]:
    """Give the rooms one may see, each with the `count` of people there now.

    The fullest come first, the rest by name, MAX_ROOMS at most: a site may have thousands.
    """
    counts = people_counts()
    fullest = sorted(counts, key=lambda room_id: -counts[room_id])[:MAX_ROOMS]
    rooms = Room.objects.visible().in_bulk(fullest)
    for room in Room.objects.visible().exclude(pk__in=rooms)[: MAX_ROOMS - len(rooms)]:
        rooms[room.pk] = room
    for room in rooms.values():
        room.count = counts.get(room.pk, 0)
    return sorted(rooms.values(), key=lambda room: (-room.count, room.name))
