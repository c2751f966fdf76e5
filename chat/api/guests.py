from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat import protocol
from chat.api.parsing import Body
from chat.api.refusals import JSON, refused
from chat.live import server
from chat.protocol.commands import PersonName

router = Router()


class NewGuest(Body):
    name: PersonName | None = None


class Guest(BaseModel):
    user: protocol.User
    token: str


@router.post("/guests", response={201: Guest, **refused(403, 409, 422)})
async def new_guest(request: HttpRequest, guest: NewGuest):
    """Become a guest, called by a number without `name`; the token makes one the same again."""
    running = await server.current()
    person, token = await running.committer.new_guest(guest.name)
    made = Guest(user=protocol.User.of(person), token=token)
    return HttpResponse(made.model_dump_json(), content_type=JSON, status=201)
