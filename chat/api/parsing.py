"""Parts of requests that several endpoints read: bodies, queries, and slugs in addresses."""

import re
from typing import Annotated, Any

from django.http import HttpRequest
from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticKnownError

from chat.api.errors import UNKNOWN_FIELD
from chat.protocol.commands import Count, explain_field
from chat.rules.errors import ChatError, not_found
from chat.rules.slugs import slug_of

DIGITS = re.compile("[0-9]+")


class Body(BaseModel):
    """A request's body: an object with the fields and types that a subclass names, and no other."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def check_digits(value: Any) -> Any:
    """Return a number of an address. Raises PydanticKnownError for one that is not in digits alone:
    pydantic takes `+1`, `1_0` and ` 1.0` for numbers, too, and an address has one form."""
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


InAddress = BeforeValidator(check_digits)
AddressCount = Annotated[Count, InAddress]


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
