from django.http import HttpRequest
from ninja import Router
from pydantic import BaseModel

from chat import protocol
from chat.api.errors import error_responses
from chat.api.parsing import Body
from chat.api.responses import reply
from chat.live import server
from chat.protocol.commands import PersonName

router = Router()


class NewGuest(Body):
    name: PersonName | None = None


class Guest(BaseModel):
    user: protocol.User
    token: str


@router.post(
    "/guests", summary="Become a guest", response={201: Guest, **error_responses(403, 409, 422)}
)
async def create_guest(request: HttpRequest, guest: NewGuest):
    """Become a guest, named by a number without `name`; the token is for being the same again."""
    running = await server.current()
    person, token = await running.committer.new_guest(guest.name)
    return reply(Guest(user=protocol.User.of(person), token=token), status=201)
