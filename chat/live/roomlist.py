"""The rooms that are shown to somebody who has not chosen one."""

from chat.live.server import people_counts
from chat.models import Person, Room

MAX_ROOMS = 200


def list_rooms(person: Person | None) -> list[Room]:
    """Return the rooms that `person` may see, each with the `count` of people there now.

    The fullest come first, the rest by name, MAX_ROOMS at most: a site may have thousands.
    """
    counts = people_counts()
    fullest = sorted(counts, key=lambda room_id: -counts[room_id])[:MAX_ROOMS]
    visible = Room.objects.visible(person)
    rooms = {pk: room for part in visible for pk, room in part.in_bulk(fullest).items()}
    more = MAX_ROOMS - len(rooms)
    rest = [room for part in visible for room in part.exclude(pk__in=rooms)[:more]]
    rest.sort(key=lambda room: room.name)
    rooms |= {room.pk: room for room in rest[:more]}
    for room in rooms.values():
        room.count = counts.get(room.pk, 0)
    return sorted(rooms.values(), key=lambda room: (-room.count, room.name))
