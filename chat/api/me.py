from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat import protocol
from chat.access import identity
from chat.api.callers import ANYBODY, Session, Token
from chat.api.parsing import Body
from chat.api.refusals import JSON, refused
from chat.live import server
from chat.live.renaming import take_name
from chat.live.server import ChatServer
from chat.models import Person
from chat.protocol.commands import PersonName

router = Router()


class Me(BaseModel):
    """Who asks, None for nobody, and what `welcome` tells of the site."""

    user: protocol.User | None
    heartbeat: int = protocol.HEARTBEAT
    limits: protocol.Limits
    site: protocol.Site


class NewName(Body):
    name: PersonName


@router.get("/me", **ANYBODY, response={200: Me, **refused(401, 403, 409)})
async def me(request: HttpRequest):
    """Who the token or the session is, and how the site is: what a socket's `welcome` says."""
    return _answer(await server.current(), request.auth.person)


@router.post(
    "/me",
    auth=[Token(any_name=True), Session()],
    response={200: Me, **refused(401, 403, 409, 422)},
)
async def rename(request: HttpRequest, wanted: NewName):
    """Go by another name from now on: a guest who is in no room. Anybody else keeps theirs, and
    the answer tells it, as a socket's `hello` does."""
    running, person = await server.current(), request.auth.person
    if person.kind == Person.Kind.GUEST and wanted.name == person.name:
        await running.readers.run(identity.free_of_members, person.name)
    await take_name(running, person, wanted.name)
    return _answer(running, person)


def _answer(running: ChatServer, person: Person | None) -> HttpResponse:
    answer = Me(
        user=protocol.User.of(person) if person else None,
        limits=protocol.Limits.of(running.configuration),
        site=protocol.Site.of(running.configuration),
    )
    return HttpResponse(answer.model_dump_json(), content_type=JSON)
