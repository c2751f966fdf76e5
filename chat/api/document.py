from functools import cache

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic_core import to_json

from chat.api.refusals import JSON

router = Router()


@router.get("/openapi.json", include_in_schema=False)
async def document(request: HttpRequest):
    """What the doors are and take, as OpenAPI."""
    return HttpResponse(_document(), content_type=JSON)


@cache
def _document() -> bytes:
    # The API is made of its doors, of which this is one.
    from chat.api import api

    return to_json(api.get_openapi_schema())
