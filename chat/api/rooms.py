from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat import log, protocol
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.parsing import Body
from chat.api.refusals import JSON, refused
from chat.connection.commands import admit_creating
from chat.live import directory, server
from chat.rules.errors import ChatError
from chat.rules.names import clean_room_name, slug_of

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


class NewRoom(Body):
    name: str


@router.post(
    "/rooms",
    **SIGNED_IN,
    response={200: protocol.Room, 201: protocol.Room, **refused(401, 403, 404)},
)
async def open_room(request: HttpRequest, room: NewRoom):
    """Find a room by what one types for it, or make it, as joining it does; 200 where it was
    there. Nobody is in it for that."""
    running, slug, status = await server.current(), slug_of(room.name), 200
    try:
        found = await running.readers.run(log.find_room, slug)
    except ChatError as error:
        if error.code != "not_found":
            raise
        admit_creating(running, request.auth.person, request.META.get("REMOTE_ADDR", ""))
        found = await running.readers.run(log.create_room, slug, clean_room_name(room.name))
        status = 201
    answer = protocol.Room.of(found).model_dump_json()
    return HttpResponse(answer, content_type=JSON, status=status)


def _rooms() -> str:
    rooms = [
        RoomWithCount(**vars(protocol.Room.of(room)), count=room.count)
        for room in directory.rooms()
    ]
    return Rooms(rooms=rooms).model_dump_json()
