from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat import directory, protocol, server
from chat.api.callers import ANYBODY
from chat.api.refusals import JSON, refused

router = Router()


class RoomWithCount(protocol.Room):
    count: int


class Rooms(BaseModel):
    rooms: list[RoomWithCount]


@router.get("/rooms", **ANYBODY, response={200: Rooms, **refused(401, 403)})
async def rooms(request: HttpRequest):
    """The rooms one may see, each with how many people are there now: the 200 fullest."""
    running = await server.current()
    return HttpResponse(await running.readers.run(_rooms), content_type=JSON)


def _rooms() -> str:
    rooms = [
        RoomWithCount(**vars(protocol.Room.of(room)), count=room.count)
        for room in directory.rooms()
    ]
    return Rooms(rooms=rooms).model_dump_json()
