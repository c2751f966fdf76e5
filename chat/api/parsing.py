"""How requests are read."""

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict

from chat.protocol.commands import explain_field
from chat.rules.errors import ChatError, not_found
from chat.rules.names import slug_of


class Body(BaseModel):
    """What is sent to a door: nothing but what it names, and of the types that it names."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """Raise `bad_request` for a query with a parameter that is not `known`."""
    for name in request.GET.keys() - known:
        raise ChatError("bad_request", explain_field("extra_forbidden", name, "", of="request"))


def slug_in(path: str) -> str:
    """Give the slug of the room that an address names; raise `not_found` where it can name none."""
    try:
        return slug_of(path)
    except ChatError:
        raise not_found() from None
