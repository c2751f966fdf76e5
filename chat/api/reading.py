from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from chat import log, protocol
from chat.access import memberships
from chat.api.callers import SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import Body, check_query, slug_in
from chat.api.responses import no_content, reply
from chat.connection.readmarks import read_up_to
from chat.live import server
from chat.protocol.commands import Count, Slug

router = Router()

MAX_NOTICES = 50


class OwnRooms(BaseModel):
    rooms: list[protocol.ListedRoom]


class UnreadNotice(BaseModel):
    """A message that means the reader, and that they have not read."""

    room: protocol.objects.RoomSlug
    seq: protocol.objects.Seq
    why: Literal["mention", "reply", "direct"]
    message: protocol.Message

    @classmethod
    def of(cls, notice: log.UnreadNotice) -> "UnreadNotice":
        message = protocol.Message.of(notice.message)
        return cls(room=notice.room.slug, seq=message.seq, why=notice.why, message=message)


class UnreadNotices(BaseModel):
    notices: list[UnreadNotice] = Field(description="The newest first, 50 at most.")


class ReadUpTo(Body):
    seq: Count


class WantedLevel(Body):
    level: Literal["everything", "mentions", "nothing"]


@router.put(
    "/rooms/{slug}/read",
    **SIGNED_IN,
    summary="Mark messages as read",
    response={204: None, **error_responses(401, 403, 404)},
)
async def mark_read(request: HttpRequest, slug: Slug, read: ReadUpTo) -> HttpResponse:
    """Record how far one has read a room: never backwards, and no further than its newest message.
    Nothing is recorded for somebody who does not belong to the room."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await read_up_to(running, person, room, read.seq)
    return no_content()


@router.put(
    "/rooms/{slug}/level",
    **SIGNED_IN,
    summary="Set what one wants to hear of",
    response={204: None, **error_responses(401, 403, 404)},
)
async def set_level(request: HttpRequest, slug: Slug, wanted: WantedLevel) -> HttpResponse:
    """Set what one wants to hear of in a room that one belongs to."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await running.committer.flush_newcomers()
    await running.database.run(memberships.set_level, person, room.pk, wanted.level)
    running.watching.publish_membership(room.pk, person.public_id)
    return no_content()


@router.get(
    "/me/rooms",
    **SIGNED_IN,
    summary="List your own rooms",
    response={200: OwnRooms, **error_responses(401, 403)},
)
async def list_own_rooms(request: HttpRequest) -> HttpResponse:
    """The rooms that one belongs to, with what is unread in them: as in the reply to `watch`."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    return reply(await running.watching.encoded_list(person))


@router.get(
    "/notices",
    **SIGNED_IN,
    summary="See what means you",
    response={200: UnreadNotices, **error_responses(401, 403)},
)
async def list_notices(request: HttpRequest) -> HttpResponse:
    """The unread messages of all rooms that mean one: mentions, replies, and those in direct rooms,
    but for rooms of which one wants to hear nothing. The newest first, 50 at most."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    found = await running.database.run(log.unread_notices, person, MAX_NOTICES)
    return reply(UnreadNotices(notices=[UnreadNotice.of(notice) for notice in found]))
