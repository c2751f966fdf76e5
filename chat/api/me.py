from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat import protocol
from chat.access import identity
from chat.api.callers import ANYBODY, Session, Token
from chat.api.errors import error_responses
from chat.api.parsing import Body
from chat.api.responses import reply
from chat.live import server
from chat.live.server import ChatServer
from chat.models import Person
from chat.protocol.commands import PersonName

router = Router()


class Me(BaseModel):
    """Who asks, null for nobody, and what `welcome` has of the site."""

    user: protocol.User | None
    heartbeat: int = protocol.HEARTBEAT
    limits: protocol.Limits
    site: protocol.Site


class NewName(Body):
    name: PersonName


@router.get(
    "/me",
    **ANYBODY,
    summary="See who you are",
    response={200: Me, **error_responses(401, 403, 409)},
)
async def get_me(request: HttpRequest):
    """Who the token or the session is, and how the site is: what a socket's `welcome` has."""
    return _me(await server.current(), request.auth.person)


@router.post(
    "/me",
    auth=[Token(check_name=False), Session()],
    summary="Take another name",
    response={200: Me, **error_responses(401, 403, 409, 422)},
)
async def rename_me(request: HttpRequest, wanted: NewName):
    """Rename a guest who is in no room. Anybody else keeps their name, which is in the
    response, as with a socket's `hello`."""
    running, person = await server.current(), request.auth.person
    if person.kind == Person.Kind.GUEST and wanted.name == person.name:
        await running.database.run(identity.clean_guest_name, person.name)
    await running.persons.rename_guest(person, wanted.name)
    return _me(running, person)


def _me(running: ChatServer, person: Person | None) -> HttpResponse:
    me = Me(
        user=protocol.User.of(person) if person else None,
        limits=protocol.Limits.of(running.configuration),
        site=protocol.Site.of(running.configuration),
    )
    return reply(me)
