from ninja import Router, Schema

from chat import directory, protocol

router = Router()


class RoomWithCount(protocol.Room):
    count: int


class Rooms(Schema):
    rooms: list[RoomWithCount]


@router.get("/rooms", response=Rooms)
def rooms(request):
    """The rooms one may see, each with how many people are there now: the 200 fullest."""
    return {
        "rooms": [
            {**protocol.Room.of(room).model_dump(), "count": room.count}
            for room in directory.rooms()
        ]
    }
