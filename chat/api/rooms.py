from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from chat import log, protocol
from chat.access import policies
from chat.access.people import people_to_write_to
from chat.access.shown import room_for
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import Body, check_query, slug_in
from chat.api.responses import no_content, reply
from chat.connection.admission import check_rate_of_rooms, find_or_create_room
from chat.live import roomlist, server
from chat.live.passwords import MAX_PASSWORD
from chat.live.server import ChatServer
from chat.models import Person, Room
from chat.protocol.commands import PersonId, Slug
from chat.rules.errors import ChatError
from chat.rules.names import clean_room_name, visible
from chat.rules.slugs import slug_of_name

router = Router()

MAX_MEMBERS = 50
# Besides the one who makes it: more people are a room with a name.
MAX_PEOPLE = 8
MAX_TOPIC = 250


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
    name: str | None = Field(
        default=None, description="What a person types for it; not of a direct room."
    )
    kind: Literal["public", "private", "direct"] = "public"
    password: Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD)] | None = Field(
        default=None, description="Asked of whoever comes in; of a public room alone."
    )
    members: Annotated[list[PersonId], Field(max_length=MAX_MEMBERS)] | None = Field(
        default=None, description="The ids of the others in a private or direct room."
    )


class RoomSettings(Body):
    name: str | None = None
    topic: Annotated[str, Field(max_length=MAX_TOPIC)] | None = None
    kind: Literal["public", "private"] | None = None
    password: Annotated[str, Field(max_length=MAX_PASSWORD)] | None = Field(
        default=None, description="Empty to ask for none."
    )
    closed: bool | None = None

    def to_store(self, password: str | None) -> log.Settings:
        """Return them as they are stored, with the hash of the password. Raises ChatError."""
        if self.name is not None:
            slug_of_name(self.name)
        return log.Settings(
            name=None if self.name is None else clean_room_name(self.name),
            topic=None if self.topic is None else " ".join(visible(self.topic, " ").split()),
            closed=self.closed,
            kind=self.kind,
            password=password,
        )


@router.post(
    "/rooms",
    **SIGNED_IN,
    summary="Open a room",
    response={200: protocol.Room, 201: protocol.Room, **error_responses(401, 403, 404, 409)},
)
async def open_room(request: HttpRequest, wanted: NewRoom):
    """Find a public room by what one types for it, or create it, as joining it does; create a
    private one; find or create the direct one between some people. 200 where it exists. This does
    not join it."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    address = request.META.get("REMOTE_ADDR", "")
    _check_kind_allows(person, wanted)
    if wanted.kind == Room.Kind.DIRECT:
        room, is_new = await _direct(running, person, address, wanted)
    elif wanted.kind == Room.Kind.PRIVATE:
        room, is_new = await _private(running, person, address, wanted), True
    else:
        room, is_new = await _public(running, person, address, wanted)
    if wanted.kind != Room.Kind.PUBLIC:
        await running.watching.publish_access(room.pk)
    return await _reply(running, person, room, 201 if is_new else 200)


def _check_kind_allows(person: Person, wanted: NewRoom) -> None:
    """Raise ChatError for fields that a kind of room does not have, or for a guest who wants more
    than a public room."""
    if wanted.kind == Room.Kind.DIRECT and wanted.name is not None:
        raise ChatError(
            "bad_request", _("A direct room is named after its people. Leave out the name.")
        )
    if wanted.kind != Room.Kind.DIRECT:
        slug_of_name(wanted.name or "")
    if wanted.kind != Room.Kind.PUBLIC and wanted.password is not None:
        raise ChatError("bad_request", _("Only public rooms have a password. Leave it out."))
    if wanted.kind == Room.Kind.PUBLIC and wanted.members is not None:
        raise ChatError("bad_request", _("A public room is open to all. Leave out the members."))
    is_plain = wanted.kind == Room.Kind.PUBLIC and wanted.password is None
    if person.kind == Person.Kind.GUEST and not is_plain:
        raise ChatError(
            "forbidden", _("Guests start public rooms without a password. Sign in for others.")
        )


async def _public(
    running: ChatServer, person: Person, address: str, wanted: NewRoom
) -> tuple[Room, bool]:
    room, is_new = await find_or_create_room(
        running, person, address, wanted.name, password=wanted.password
    )
    membership = await running.feed.rights.membership_of(room, person)
    if policies.asks_for_password(room, membership):
        await running.passwords.check(room, None, address)
    policies.check_may_read(person, room, membership)
    if wanted.password is not None and not is_new:
        raise ChatError(
            "conflict", _("This room exists already. Choose another name for one with a password.")
        )
    return room, is_new


async def _private(running: ChatServer, person: Person, address: str, wanted: NewRoom) -> Room:
    if not running.configuration.joining_creates_rooms:
        raise ChatError("forbidden", _("Only admins start rooms here. Ask one for yours."))
    others = await running.database.run(people_to_write_to, person, wanted.members or [])
    check_rate_of_rooms(running, address)
    name = clean_room_name(wanted.name)
    return await running.database.run(log.create_private_room, name, person, others)


async def _direct(
    running: ChatServer, person: Person, address: str, wanted: NewRoom
) -> tuple[Room, bool]:
    others = await running.database.run(people_to_write_to, person, wanted.members or [])
    if not 1 <= len(others) <= MAX_PEOPLE:
        message = _("A direct room is for 1 to %(most)s others. Choose them by their ids.")
        raise ChatError("bad_request", message % {"most": MAX_PEOPLE})
    people = [person, *others]
    if room := await running.database.run(log.find_direct_room, people):
        await running.database.run(log.show_again, room, person)
        return room, False
    check_rate_of_rooms(running, address)
    return await running.database.run(log.create_direct_room, people), True


async def _reply(
    running: ChatServer, person: Person, room: Room, status: int = 200
) -> HttpResponse:
    """Return the response with a room as `person` is sent it."""
    membership = await running.feed.rights.membership_of(room, person)
    return reply(room_for(person, room, membership), status)


@router.get(
    "/rooms/{slug}",
    **ANYBODY,
    summary="Read a room",
    response={200: protocol.Room, **error_responses(401, 403, 404)},
)
async def read_room(request: HttpRequest, slug: Slug):
    """A room as it is now, by its address, a former one, or its id."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    return await _reply(running, person, room) if person else reply(protocol.Room.of(room))


@router.patch(
    "/rooms/{slug}",
    **SIGNED_IN,
    summary="Change a room",
    response={200: protocol.Room, **error_responses(401, 403, 404)},
)
async def change_room(request: HttpRequest, slug: Slug, wanted: RoomSettings):
    """Change the settings of a room that one owns: only what is named. A room that becomes private
    gets another address."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await running.database.run(log.check_may_manage, room, person)
    stored = wanted.password and await running.passwords.hash_of(wanted.password)
    settings = wanted.to_store(stored)
    await running.committer.flush_newcomers()
    room = await running.database.run(log.change_room, room.pk, person, settings)
    await running.feed.apply_access(room.pk)
    return await _reply(running, person, room)


@router.delete(
    "/rooms/{slug}",
    **SIGNED_IN,
    summary="Delete a room",
    response={204: None, **error_responses(401, 403, 404)},
)
async def delete_room(request: HttpRequest, slug: Slug):
    """Delete a room that one owns, and all that was written in it."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await running.database.run(log.delete_room, room.pk, person)
    await running.feed.apply_access(room.pk)
    return no_content()


def _rooms(person: Person | None) -> str:
    rooms = [
        RoomWithCount(**vars(protocol.Room.of(room)), count=room.count)
        for room in roomlist.list_rooms(person)
    ]
    return RoomList(rooms=rooms).model_dump_json()
