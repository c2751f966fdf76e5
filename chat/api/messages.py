from datetime import datetime
from typing import Annotated, Self

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Router
from pydantic import BaseModel, Field

from chat import log, protocol
from chat.access import identity, policies
from chat.api.callers import ANYBODY, SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import AddressCount, Body, InAddress, check_query, slug_in
from chat.api.responses import reply
from chat.connection.admission import refusal_of_name
from chat.connection.beside import read_beside, send_own_reaction
from chat.connection.drafts import prepare_edit, prepare_message, prepare_reaction
from chat.live import server
from chat.live.server import ChatServer
from chat.log import Deletion, Place, Receipt, StoredMessage
from chat.models import Person, Room
from chat.protocol.commands import (
    MAX_SEQS,
    PAGE,
    PLACES,
    CommandId,
    Count,
    Emoji,
    MentionNames,
    PageSize,
    PersonIds,
    Slug,
    Text,
)
from chat.protocol.events import Refs, optional
from chat.protocol.objects import Format, Mine
from chat.rules.errors import ChatError

router = Router()

# As `seqs` of the command `get`: numbers below 2**63.
SeqList = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,18}(,[0-9]{1,18})*$",
        description=f"Up to {MAX_SEQS} seqs, with commas between them.",
        examples=["1,2,3"],
    ),
]
ONE_PLACE_OR_SEQS = gettext_noop(
    "Messages come from one place. Say before, after, around or seqs alone."
)


class Found(BaseModel):
    messages: list[protocol.Message]
    mine: Mine = optional()


class Page(BaseModel):
    messages: list[protocol.Message]
    more: bool
    newer: bool
    mine: Mine = optional()
    refs: Refs = optional()


class NewMessage(Body):
    id: CommandId
    body: Text
    reply_to: Count | None = Field(
        default=None, description="The seq of the message in the room that it replies to."
    )
    format: Format | None = Field(
        default=None, description="`plain`: to be shown as it is, without marks."
    )
    mentions: PersonIds | None = None
    mention_names: MentionNames = False


class Correction(Body):
    body: Text
    base: Count | None = Field(
        default=None, description="The version of the message that was edited."
    )
    mentions: PersonIds | None = None
    mention_names: MentionNames = False


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
    response={200: Page | Found, **error_responses(401, 403, 404)},
)
async def list_messages(
    request: HttpRequest,
    slug: Slug,
    before: AddressCount | None = None,
    after: AddressCount | None = None,
    around: AddressCount | None = None,
    seqs: SeqList | None = None,
    limit: Annotated[PageSize, InAddress] = PAGE,
):
    """Up to `limit` messages before, after or around a seq, or the newest, in ascending order; or
    those with some `seqs`."""
    check_query(request, {*PLACES, "seqs", "limit"})
    running, person = await server.current(), request.auth.person
    place = Place(before, after, around)
    if sum(each is not None for each in (*place, seqs)) > 1:
        raise ChatError("bad_request", _(ONE_PLACE_OR_SEQS))
    room = await running.database.run(log.get_room, slug_in(slug), person)
    if seqs is not None:
        numbers = [int(seq) for seq in seqs.split(",")]
        if len(numbers) > MAX_SEQS:
            most = _("Ask for %(most)s messages at most.") % {"most": MAX_SEQS}
            raise ChatError("bad_request", most)
        found = await running.database.run(log.select_at, room.pk, numbers)
        return reply(Found(**await _shown(running, person, room, found)))
    page = await running.database.run(log.page, room.pk, place, limit)
    shown = await _shown(running, person, room, page.messages)
    refs = protocol.refs_of(page.messages)
    return reply(Page(more=page.more, newer=page.newer, refs=refs, **shown))


async def _shown(
    running: ChatServer, person: Person | None, room: Room, messages: list[StoredMessage]
) -> dict:
    """Return messages as fields of a response, with what the reader is sent beside them."""
    beside = await read_beside(running, person, room.pk, messages)
    return {"messages": [protocol.Message.of(message) for message in messages], **beside}


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
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    draft = await prepare_message(running, person, sign_in, room, message)
    if person.kind == Person.Kind.GUEST:
        # In the draft, as what was sent before is acknowledged under any name.
        people = await running.presence.people_now(room.pk)
        refusal = refusal_of_name(protocol.User.of(person), people)
        draft = draft._replace(refusal=refusal or draft.refusal)
    receipt = await running.committer.commit_write(draft)
    status = 200 if receipt.duplicate else 201
    return reply(Ack.of(room, receipt, id=message.id), status)


@router.patch(
    "/rooms/{slug}/messages/{seq}",
    **SIGNED_IN,
    summary="Edit a message",
    response={200: Change, **error_responses(401, 403, 404, 409, 422)},
)
async def edit_message(request: HttpRequest, slug: Slug, seq: AddressCount, correction: Correction):
    """Replace the text of one's own message, within the time that the site allows for it."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    policies.clean_body(correction.body)  # refused before the database is read
    room = await running.database.run(log.get_room, slug_in(slug), person)
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    edit = await prepare_edit(running, person, sign_in, room, seq, correction)
    return reply(Change.of(room, await running.committer.commit_write(edit)))


@router.delete(
    "/rooms/{slug}/messages/{seq}",
    **SIGNED_IN,
    summary="Delete a message",
    response={200: Change, **error_responses(401, 403, 404)},
)
async def delete_message(request: HttpRequest, slug: Slug, seq: AddressCount):
    """Delete one's own message for everybody."""
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    deletion = Deletion(room.pk, seq, True, person.pk, sign_in)
    return reply(Change.of(room, await running.committer.commit_write(deletion)))


REACTION = "/rooms/{slug}/messages/{seq}/reactions/{emoji}"
REACTED = {200: Change, **error_responses(401, 403, 404)}


@router.put(REACTION, **SIGNED_IN, summary="React to a message", response=REACTED)
async def put_reaction(request: HttpRequest, slug: Slug, seq: AddressCount, emoji: Emoji):
    """Put an emoji under a message."""
    return await _react(request, slug, seq, emoji, on=True)


@router.delete(REACTION, **SIGNED_IN, summary="Take a reaction back", response=REACTED)
async def delete_reaction(request: HttpRequest, slug: Slug, seq: AddressCount, emoji: Emoji):
    """Remove one's own emoji from a message."""
    return await _react(request, slug, seq, emoji, on=False)


async def _react(request: HttpRequest, slug: str, seq: int, emoji: str, on: bool):
    check_query(request, set())
    running, person = await server.current(), request.auth.person
    room = await running.database.run(log.get_room, slug_in(slug), person)
    sign_in = identity.sign_in_of(person, request.auth.session_key)
    reaction = prepare_reaction(person, sign_in, room, seq, emoji, on)
    receipt = await running.committer.commit_write(reaction)
    send_own_reaction(running, person, room, reaction, receipt, known=0)
    return reply(Change.of(room, receipt))
