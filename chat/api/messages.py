from datetime import datetime
from typing import Self

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from chat import log, protocol
from chat.access import identity, policies
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import Body, check_query, slug_in
from chat.api.responses import reply
from chat.connection.admission import check_name_is_free
from chat.connection.drafts import prepare_edit, prepare_message
from chat.live import server
from chat.log import Deletion, Receipt
from chat.models import Person, Room
from chat.protocol.commands import PAGE, CommandId, Count, PageSize, Slug, Text
from chat.protocol.events import optional

router = Router()


class Page(BaseModel):
    messages: list[protocol.Message]
    more: bool


class NewMessage(Body):
    id: CommandId
    body: Text


class Correction(Body):
    body: Text
    base: Count | None = Field(
        default=None, description="The version of the message that was edited."
    )


class Change(BaseModel):
    room: str
    seq: int
    version: int
    at: datetime
    duplicate: bool | None = optional()

    @classmethod
    def of(cls, room: Room, receipt: Receipt, **fields) -> Self:
        return cls(
            room=room.slug,
            seq=receipt.seq,
            version=receipt.version,
            at=receipt.at,
            duplicate=receipt.duplicate or None,
            **fields,
        )


class Ack(Change):
    id: str


@router.get(
    "/rooms/{slug}/messages",
    **ANYBODY,
    summary="Read the messages of a room",
    response={200: Page, **error_responses(401, 403, 404)},
)
async def list_messages(
    request: HttpRequest,
    slug: Slug,
    before: Count | None = None,
    limit: PageSize = PAGE,
):
    """Up to `limit` messages before the seq `before`, or the newest, in ascending order."""
    check_query(request, {"before", "limit"})
    running = await server.current()
    person = request.auth.person
    return reply(await running.database.run(_page, person, slug_in(slug), before, limit))


def _page(person: Person | None, slug: str, before: int | None, limit: int) -> str:
    room = log.get_room(slug, person)
    messages, more = log.page(room.pk, before, limit)
    page = Page(messages=[protocol.Message.of(m) for m in messages], more=more)
    return page.model_dump_json()


@router.post(
    "/rooms/{slug}/messages",
    **SIGNED_IN,
    summary="Send a message",
    response={200: Ack, 201: Ack, **error_responses(401, 403, 404, 409, 422)},
)
async def post_message(request: HttpRequest, slug: Slug, message: NewMessage):
    """Send a message to a room, joined or not; 200 where this `id` was sent before: nothing new."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    policies.clean_body(message.body)  # refused before the database is read
    room = await running.database.run(log.get_room, slug_in(slug), person)
    check_name_is_free(running.presence, room, protocol.User.of(person))
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    draft = prepare_message(running, person, sign_in, room, message.id, message.body)
    receipt = await running.committer.commit_write(draft)
    status = 200 if receipt.duplicate else 201
    return reply(Ack.of(room, receipt, id=message.id), status)


@router.patch(
    "/rooms/{slug}/messages/{seq}",
    **SIGNED_IN,
    summary="Edit a message",
    response={200: Change, **error_responses(401, 403, 404, 409, 422)},
)
async def edit_message(request: HttpRequest, slug: Slug, seq: Count, correction: Correction):
    """Replace the text of one's own message, within the time that the site allows for it."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    policies.clean_body(correction.body)  # refused before the database is read
    room = await running.database.run(log.get_room, slug_in(slug), person)
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    edit = prepare_edit(running, person, sign_in, room, seq, correction.body, correction.base)
    return reply(Change.of(room, await running.committer.commit_write(edit)))


@router.delete(
    "/rooms/{slug}/messages/{seq}",
    **SIGNED_IN,
    summary="Delete a message",
    response={200: Change, **error_responses(401, 403, 404)},
)
async def delete_message(request: HttpRequest, slug: Slug, seq: Count):
    """Delete one's own message for everybody."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    deletion = Deletion(room.pk, seq, True, person.pk, sign_in)
    return reply(Change.of(room, await running.committer.commit_write(deletion)))
