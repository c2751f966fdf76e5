"""The documents for programs: OpenAPI of the HTTP endpoints, AsyncAPI of the sockets."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest
from ninja import NinjaAPI, Router
from pydantic_core import to_json

from chat.api.docs import asyncapi
from chat.api.responses import reply
from chat.protocol.contract import PUSHED
from chat.protocol.schemas import schemas, without_null


def documents_of(api: NinjaAPI) -> Router:
    """Return the endpoints of both documents; the first describes `api`."""
    router = Router()

    @router.get("/openapi.json", include_in_schema=False, url_name="openapi-document")
    async def openapi_document(request: HttpRequest):
        return reply(_openapi(api))

    @router.get("/asyncapi.json", include_in_schema=False, url_name="asyncapi-document")
    async def asyncapi_document(request: HttpRequest):
        return reply(to_json(asyncapi.document(request.get_host(), request.is_secure())))

    return router


@cache
def _openapi(api: NinjaAPI) -> bytes:
    document = api.get_openapi_schema()
    # Our schemas of the events say more than ninja's, and a stream has more events than a poll.
    document["components"]["schemas"].update(schemas((), PUSHED))
    for parameter in _parameters(document):
        parameter["schema"] = without_null(parameter["schema"])
    return to_json(document)


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parameters in addresses and headers of all requests; none of them can be null."""
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation.get("parameters", ())
