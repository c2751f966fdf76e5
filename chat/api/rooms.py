from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from chat import protocol
from chat.access import policies
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import Body
from chat.api.responses import reply
from chat.connection.admission import find_or_create_room
from chat.live import roomlist, server
from chat.models import Person

router = Router()


class RoomWithCount(protocol.Room):
    count: int


class RoomList(BaseModel):
    rooms: list[RoomWithCount]


@router.get(
    "/rooms",
    **ANYBODY,
    summary="List the rooms",
    response={200: RoomList, **error_responses(401, 403)},
)
async def list_rooms(request: HttpRequest):
    """The rooms that one may read, each with the number of people there now: the 200 fullest."""
    running = await server.current()
    return reply(await running.database.run(_rooms, request.auth.person))


class NewRoom(Body):
    name: str


@router.post(
    "/rooms",
    **SIGNED_IN,
    summary="Open a room",
    response={200: protocol.Room, 201: protocol.Room, **error_responses(401, 403, 404)},
)
async def open_room(request: HttpRequest, room: NewRoom):
    """Find a room by what one types for it, or create it, as joining it does; 200 where it exists.
    This does not join it."""
    running, person = await server.current(), request.auth.person
    address = request.META.get("REMOTE_ADDR", "")
    found, is_new = await find_or_create_room(running, person, address, room.name)
    policies.check_may_read(person, found, await running.feed.membership_of(found, person))
    return reply(protocol.Room.of(found), 201 if is_new else 200)


def _rooms(person: Person | None) -> str:
    rooms = [
        RoomWithCount(**vars(protocol.Room.of(room)), count=room.count)
        for room in roomlist.list_rooms(person)
    ]
    return RoomList(rooms=rooms).model_dump_json()
