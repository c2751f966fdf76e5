from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel, Field

from chat import protocol
from chat.access.people import find_people
from chat.api.callers import SIGNED_IN
from chat.api.errors import error_responses
from chat.api.parsing import check_query
from chat.api.responses import reply
from chat.live import server

router = Router()

Typed = Annotated[str, Field(max_length=100, description="The beginning of a name, or of a word.")]


class PeopleFound(BaseModel):
    people: list[protocol.User]


@router.get(
    "/people",
    **SIGNED_IN,
    summary="Find people",
    response={200: PeopleFound, **error_responses(401, 403)},
)
async def list_people(request: HttpRequest, q: Typed = ""):
    """Those whom one may mention or write to: the members and bots of the site with a name, or a
    word of it, that begins so, 20 at most. A guest finds nobody."""
    check_query(request, {"q"})
    running, person = await server.current(), request.auth.person
    found = await running.database.run(find_people, person, q)
    return reply(PeopleFound(people=[protocol.User.of(each) for each in found]))
