from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import log
from chat.access import memberships
from chat.api.callers import SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import Body, check_query, slug_in
from chat.api.responses import no_content
from chat.live import server
from chat.protocol.commands import Count, Slug

router = Router()


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
    """Say that one has read a room up to a seq: never backwards, and no further than its newest
    message. Of who does not belong to the room nothing is kept."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    await running.database.run(memberships.mark_read, person, room.pk, read.seq)
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
    await running.database.run(memberships.set_level, person, room.pk, wanted.level)
    return no_content()
