import re
from typing import Annotated

from django.http.response import HttpResponse, HttpResponseBase
from ninja import Header, Router
from pydantic import Field, WithJsonSchema

from chat import log
from chat.api.callers import SIGNED_IN
from chat.api.parsing import refuse_unknown, slug_in
from chat.api.polls import Poll, PollReader
from chat.api.readers import StreamReader
from chat.api.refusals import JSON, not_acceptable, refused
from chat.api.requests import Request
from chat.api.streams import EVENT_STREAM, EventStream
from chat.live import server
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol.commands import Count, Slug
from chat.protocol.contract import UNASKED, type_of
from chat.protocol.schemas import reference
from chat.rules.errors import ChatError

router = Router()

POLL = "application/json"
MAX_WAIT = 30
EVENT_ID = re.compile(r"(.+):([0-9]{1,18})")

Seconds = Annotated[int, Field(ge=0, le=MAX_WAIT)]
LastEventId = Annotated[
    Annotated[str, WithJsonSchema({"type": "string", "pattern": f"^({EVENT_ID.pattern})?$"})]
    | None,
    Header(alias="Last-Event-ID", description="EPOCH:VERSION"),
]
# One event of a stream: OpenAPI 3.1 has no words for streams.
STREAMED = {
    "type": "object",
    "description": "One event of the stream, by its fields.",
    "properties": {
        "event": {"enum": [type_of(event) for event in UNASKED], "type": "string"},
        "id": {"description": "EPOCH:VERSION, to resume from.", "type": "string"},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {"oneOf": [reference(event) for event in UNASKED]},
        },
    },
    "required": ["event", "data"],
}


@router.get(
    "/rooms/{slug}/events",
    **SIGNED_IN,
    response={200: Poll, **refused(401, 403, 404, 406, 409)},
    openapi_extra={"responses": {200: {"content": {EVENT_STREAM: {"schema": STREAMED}}}}},
)
async def events(
    request: Request,
    slug: Slug,
    after: Count | None = None,
    epoch: str | None = None,
    wait: Seconds = 25,
    last_event_id: LastEventId = None,
):
    """Be in a room and be told what happens there, from version `after` of `epoch` on: as
    server-sent events, or (`Accept: application/json`) at once what is new, else for at most
    `wait` seconds."""
    refuse_unknown(request, {"after", "epoch", "wait"})
    running, form = await server.current(), request.get_preferred_type([EVENT_STREAM, POLL])
    if form is None:
        raise not_acceptable([EVENT_STREAM, POLL])
    if last_event_id:
        # A browser comes back with it; the address stays what it was at first.
        after, epoch = _parsed(last_event_id)
    room = await running.readers.run(log.find_room, slug_in(slug))
    if form == EVENT_STREAM:
        return await _stream(running, request, room, after, epoch)
    poll = await PollReader(running, request).answer(room, after, epoch, wait)
    return HttpResponse(poll, content_type=JSON)


async def _stream(
    running: ChatServer, request: Request, room: Room, after: int | None, epoch: str | None
) -> HttpResponseBase:
    """Join, so that what goes wrong is told by the status, and give the answer that goes on."""
    reader = StreamReader(running, request)
    try:
        await reader.join(room, after, epoch, None)
    except BaseException:
        reader.end()
        # What it was told meanwhile waits for an answer that will not begin.
        await reader.writer.stop()
        raise
    return EventStream(reader, reader.writer)


def _parsed(event_id: str) -> tuple[int, str]:
    """Give the version and epoch of an event's id; raise for what is no such id."""
    match = EVENT_ID.fullmatch(event_id)
    if not match:
        raise ChatError(
            "bad_request", "Last-Event-ID is EPOCH:VERSION: send the id of the last event."
        )
    epoch, version = match.groups()
    return int(version), epoch
