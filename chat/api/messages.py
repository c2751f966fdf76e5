import asyncio
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat import log, protocol
from chat.access import identity, policies
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.parsing import Body, refuse_unknown, slug_in
from chat.api.refusals import JSON, refused
from chat.live import server
from chat.live.committer import Committer
from chat.live.presence import Presence
from chat.log import Draft, Receipt
from chat.models import Person, Room
from chat.protocol.commands import PAGE, CommandId, Count, PageSize, Slug, Text
from chat.protocol.events import optional
from chat.rules.errors import ChatError
from chat.rules.names import name_key, variant

router = Router()


class Page(BaseModel):
    messages: list[protocol.Message]
    more: bool


class NewMessage(Body):
    id: CommandId
    body: Text


class Ack(BaseModel):
    id: str
    room: str
    seq: int
    version: int
    at: datetime
    duplicate: bool | None = optional()


@router.get("/rooms/{slug}/messages", **ANYBODY, response={200: Page, **refused(401, 403, 404)})
async def history(
    request: HttpRequest,
    slug: Slug,
    before: Count | None = None,
    limit: PageSize = PAGE,
):
    """Up to `limit` messages before the seq `before`, or the newest, in ascending order."""
    refuse_unknown(request, {"before", "limit"})
    running = await server.current()
    page = await running.readers.run(_page, slug_in(slug), before, limit)
    return HttpResponse(page, content_type=JSON)


def _page(slug: str, before: int | None, limit: int) -> str:
    messages, more = log.page(log.find_room(slug).pk, before, limit)
    page = Page(messages=[protocol.Message.of(m) for m in messages], more=more)
    return page.model_dump_json()


@router.post(
    "/rooms/{slug}/messages",
    **SIGNED_IN,
    response={200: Ack, 201: Ack, **refused(401, 403, 404, 409, 422)},
)
async def post(request: HttpRequest, slug: Slug, message: NewMessage):
    """Write in a room, joined or not; 200 where this `id` was sent before, and then nothing new."""
    running, person = await server.current(), request.auth.person
    sign_in = identity.sign_in(person, request.auth.session_key)
    body = policies.clean_body(message.body)
    refusal = policies.too_long(body, running.configuration)
    room = await running.readers.run(log.find_room, slug_in(slug))
    _refuse_taken_name(person, room, running.presence)
    draft = Draft(room.pk, person.pk, message.id, body, refusal, sign_in)
    receipt = await _committed(running.committer, draft)
    ack = Ack(
        id=message.id,
        room=room.slug,
        seq=receipt.seq,
        version=receipt.version,
        at=receipt.at,
        duplicate=receipt.duplicate or None,
    )
    status = 200 if receipt.duplicate else 201
    return HttpResponse(ack.model_dump_json(), content_type=JSON, status=status)


def _refuse_taken_name(person: Person, room: Room, presence: Presence) -> None:
    """Raise `name_taken` for a guest with the name of somebody who is in the room, as joining it
    does; who is there is what this process knows."""
    if person.kind != Person.Kind.GUEST:
        return
    people = presence.people(room.pk)
    if person.public_id in people:
        return
    taken = {name_key(user.name) for user in people.values()}
    if person.name_key in taken:
        variants = (variant(person.name, number) for number in range(2, len(taken) + 3))
        raise identity.name_taken(next(n for n in variants if name_key(n) not in taken))


async def _committed(committer: Committer, draft: Draft) -> Receipt:
    """Wait for a draft's commit. Raises what it is refused with."""
    outcome = asyncio.get_running_loop().create_future()
    committer.submit(draft, lambda result: outcome.done() or outcome.set_result(result))
    receipt = await outcome
    if isinstance(receipt, ChatError):
        raise receipt
    return receipt
