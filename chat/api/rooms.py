from ninja import Router, Schema

from chat import protocol, server
from chat.models import Room

router = Router()


class RoomWithCount(protocol.Room):
    count: int


class Rooms(Schema):
    rooms: list[RoomWithCount]


@router.get("/rooms", response=Rooms)
def rooms(request):
    """The rooms one may see, each with how many people are there now."""
    counts = server.people_counts()
    return {
        "rooms": [
            {**protocol.Room.of(room).model_dump(), "count": counts.get(room.pk, 0)}
            for room in Room.objects.visible()
        ]
    }
