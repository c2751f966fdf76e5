"""The documents of the doors, for programs: OpenAPI of those over HTTP, AsyncAPI of the sockets."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic_core import to_json

from chat.api.docs import asyncapi
from chat.api.refusals import JSON
from chat.protocol.contract import UNASKED
from chat.protocol.schemas import schemas, without_null

router = Router()


@router.get("/openapi.json", include_in_schema=False, url_name="openapi-document")
async def openapi_document(request: HttpRequest):
    """What the doors over HTTP are and take."""
    return HttpResponse(_openapi(), content_type=JSON)


@cache
def _openapi() -> bytes:
    # The API is made of its doors, of which this is one.
    from chat.api import api

    made = api.get_openapi_schema()
    # Those of the events say more than ninja's, and a stream has more of them than a poll.
    made["components"]["schemas"].update(schemas((), UNASKED))
    for parameter in _parameters(made):
        parameter["schema"] = without_null(parameter["schema"])
    return to_json(made)


def _parameters(made: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what requests have in their address and headers, where nothing can be null."""
    for methods in made["paths"].values():
        for operation in methods.values():
            yield from operation.get("parameters", ())


@router.get("/asyncapi.json", include_in_schema=False, url_name="asyncapi-document")
async def asyncapi_document(request: HttpRequest):
    """What the sockets take and tell."""
    document = asyncapi.document(request.get_host(), request.is_secure())
    return HttpResponse(to_json(document), content_type=JSON)
