"""The documents of the doors, for programs: OpenAPI of those over HTTP, AsyncAPI of the sockets."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic_core import to_json

from chat.api.docs import asyncapi
from chat.api.refusals import JSON

router = Router()


@router.get("/openapi.json", include_in_schema=False, url_name="openapi-document")
async def openapi_document(request: HttpRequest):
    """What the doors over HTTP are and take."""
    return HttpResponse(_openapi(), content_type=JSON)


@cache
def _openapi() -> bytes:
    # The API is made of its doors, of which this is one.
    from chat.api import api

    return to_json(api.get_openapi_schema())


@router.get("/asyncapi.json", include_in_schema=False, url_name="asyncapi-document")
async def asyncapi_document(request: HttpRequest):
    """What the sockets take and tell."""
    document = asyncapi.document(request.get_host(), request.is_secure())
    return HttpResponse(to_json(document), content_type=JSON)
