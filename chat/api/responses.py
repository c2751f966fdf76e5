"""Responses with a JSON body, and those without any."""

from django.http import HttpResponse
from pydantic import BaseModel

JSON = "application/json; charset=utf-8"


def reply(body: BaseModel | str | bytes, status: int = 200) -> HttpResponse:
    """Return the response with a model as its body, or with JSON that is encoded already.

    django-ninja does not do this: it would validate and copy every object once more.
    """
    content = body.model_dump_json() if isinstance(body, BaseModel) else body
    return HttpResponse(content, content_type=JSON, status=status)


def no_content() -> HttpResponse:
    """Return the response of what was done and has nothing to say."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response
