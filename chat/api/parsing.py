"""How requests are read."""

from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from chat.errors import ChatError
from chat.protocol.commands import explain_field


class JsonParser(Parser):
    """Reads JSON with pydantic's parser, in Rust.

    It bounds nesting and integers and refuses lone surrogates, where `json.loads` raises errors
    of its own, or none.
    """

    def parse_body(self, request: HttpRequest):
        return from_json(request.body, allow_inf_nan=False)


class Body(BaseModel):
    """What is sent to a door: nothing but what it names, and of the types that it names."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def refuse_unknown(request: HttpRequest, known: set[str]) -> None:
    """Raise `bad_request` for a query with a parameter that is not `known`."""
    for name in request.GET.keys() - known:
        raise ChatError("bad_request", explain_field("extra_forbidden", name, "", of="request"))
