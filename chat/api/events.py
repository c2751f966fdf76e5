import re
from typing import Annotated

from django.http.response import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Header, Router
from pydantic import Field, WithJsonSchema

from chat import log
from chat.api.callers import SIGNED_IN
from chat.api.errors import error_responses, not_acceptable
from chat.api.negotiation import ANYTHING, preferred_type
from chat.api.parsing import AddressCount, InAddress, check_query, slug_in
from chat.api.polls import Poll, PollReader
from chat.api.readers import StreamOutput, join_as_reader, reader_connection
from chat.api.requests import Request
from chat.api.responses import reply
from chat.api.streams import EVENT_STREAM, EventStream, StreamWriter
from chat.live import server
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol.commands import Slug
from chat.protocol.contract import PUSHED, type_of
from chat.protocol.schemas import reference
from chat.rules.errors import ChatError

router = Router()

POLL = "application/json"
MAX_WAIT = 30
EVENT_ID = re.compile(r"(.+):([0-9]{1,18})")

Seconds = Annotated[int, Field(ge=0, le=MAX_WAIT), InAddress]
LastEventId = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^({EVENT_ID.pattern})?$"})]
    | None,
    Header(alias="Last-Event-ID", description="EPOCH:VERSION"),
]
# The schema of one event of a stream: OpenAPI 3.1 cannot describe streams.
STREAMED = {
    "type": "object",
    "description": "One event of the stream, by its fields.",
    "properties": {
        "event": {"enum": [type_of(event) for event in PUSHED], "type": "string"},
        "id": {"description": "EPOCH:VERSION, to resume from.", "type": "string"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"oneOf": [reference(event) for event in PUSHED]},
        },
    },
    "required": ["event", "data"],
}


@router.get(
    "/rooms/{slug}/events",
    **SIGNED_IN,
    summary="Follow a room",
    response={200: Poll, **error_responses(401, 403, 404, 406, 409)},
    openapi_extra={"responses": {200: {"content": {EVENT_STREAM: {"schema": STREAMED}}}}},
)
async def follow_events(
    request: Request,
    slug: Slug,
    after: AddressCount | None = None,
    epoch: str | None = None,
    wait: Seconds = 25,
    last_event_id: LastEventId = None,
):
    """Be in a room and receive what happens there, from version `after` of `epoch` on: as
    server-sent events, or (`Accept: application/json`, or `wait`) in one response: at once if
    there is anything new, else after at most `wait` seconds."""
    check_query(request, {"after", "epoch", "wait"})
    running, form = await server.current(), _form(request)
    if last_event_id:
        # A browser sends it when it reconnects, to the address that it had at first.
        after, epoch = _parsed(last_event_id)
    room = await running.database.run(log.get_room, slug_in(slug), request.auth.person)
    if request.is_head:
        # Nobody is in a room for asking whether they may read it.
        return HttpResponse(content_type=f"{form}; charset=utf-8")
    if form == EVENT_STREAM:
        return await _stream(running, request, room, after, epoch)
    return reply(await PollReader(running, request).poll(room, after, epoch, wait))


def _form(request: Request) -> str:
    """Return the content type of the response: the one that the client prefers; where it likes
    both alike, a poll for who says how long to wait, else a stream. Raises ChatError (406)."""
    forms = [POLL, EVENT_STREAM] if "wait" in request.GET else [EVENT_STREAM, POLL]
    form = preferred_type(request.headers.get("Accept", ANYTHING), forms)
    if form is None:
        raise not_acceptable([EVENT_STREAM, POLL])
    return form


async def _stream(
    running: ChatServer, request: Request, room: Room, after: int | None, epoch: str | None
) -> HttpResponseBase:
    """Join first, so that a refusal is the response's status; then return the open response."""
    writer = StreamWriter(lambda: connection.drained())
    connection = reader_connection(running, request, StreamOutput(writer))
    try:
        await join_as_reader(connection, room, after, epoch)
    except BaseException:
        connection.end()
        # What it was sent meanwhile waits for a response that will not begin.
        await writer.stop()
        raise
    return EventStream(connection, writer)


def _parsed(event_id: str) -> tuple[int, str]:
    """Return the version and epoch in an event's id. Raises ChatError `bad_request`."""
    match = EVENT_ID.fullmatch(event_id)
    if not match:
        raise ChatError(
            "bad_request", _("Last-Event-ID is EPOCH:VERSION. Send the id of the last event.")
        )
    epoch, version = match.groups()
    return int(version), epoch
