"""Parts of requests that several endpoints read: bodies, queries, and slugs in addresses."""

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict

from chat.api.errors import UNKNOWN_FIELD
from chat.protocol.commands import explain_field
from chat.rules.errors import ChatError, not_found
from chat.rules.slugs import slug_of


class Body(BaseModel):
    """A request's body: an object with the fields and types that a subclass names, and no other."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def check_query(request: HttpRequest, known: set[str]) -> None:
    """Raise `bad_request` for a query with a parameter that is not `known`."""
    for name in request.GET.keys() - known:
        raise ChatError("bad_request", explain_field("extra_forbidden", name, "", UNKNOWN_FIELD))


def slug_in(path: str) -> str:
    """Return the slug of the room that an address names; raise `not_found` if it names none."""
    try:
        return slug_of(path)
    except ChatError:
        raise not_found() from None
