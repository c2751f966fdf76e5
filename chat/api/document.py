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
        address = f"{request.scheme}://{request.get_host()}"
        servers = [{"url": address, "description": "This site."}]
        return reply(to_json(_openapi(api) | {"servers": servers}))

    @router.get("/asyncapi.json", include_in_schema=False, url_name="asyncapi-document")
    async def asyncapi_document(request: HttpRequest):
        return reply(to_json(asyncapi.document(request.get_host(), request.is_secure())))

    return router


@cache
def _openapi(api: NinjaAPI) -> dict[str, Any]:
    """Return the document without its servers, which depend on where a client asks for it."""
    document = api.get_openapi_schema()
    # Our schemas of the events say more than ninja's, and a stream has more events than a poll.
    document["components"]["schemas"].update(schemas((), PUSHED))
    for parameter in _parameters(document):
        parameter["schema"] = without_null(parameter["schema"])
        # A copy of the schema's, which is a list: a parameter's own are an object (OpenAPI 3.1,
        # 4.8.12).
        parameter.pop("examples", None)
    return document


def _parameters(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the parameters in addresses and headers of all requests; none of them can be null."""
    for methods in document["paths"].values():
        for operation in methods.values():
            yield from operation.get("parameters", ())
