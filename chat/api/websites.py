from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from chat.api.callers import from_own_page
from chat.api.refusals import JSON, refused
from chat.live import server
from chat.protocol.events import optional
from chat.rules.origins import is_listed

router = Router()

SETTING = "Configuration → Allowed origins"
LONGEST = 100  # characters of an origin that are repeated


class Website(BaseModel):
    """Whether pages of the website that asks may talk to this one, and why not."""

    origin: str | None
    allowed: bool
    reason: str | None = optional(description="What to do about it, for a person.")


@router.get("/origin", response={200: Website, **refused()})
async def origin(request: HttpRequest):
    """Whether a page of the website that asks may use this one.

    Any page may read this answer, and no other: a browser tells a page neither why a socket was
    refused nor what an answer without CORS headers said.
    """
    name, running = request.headers.get("Origin"), await server.current()
    allowed = from_own_page(request) or is_listed(name, running.configuration.origins())
    shown = name and name[:LONGEST]
    website = Website(origin=shown, allowed=allowed, reason=None if allowed else reason(shown))
    response = HttpResponse(website.model_dump_json(), content_type=JSON)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def reason(name: str) -> str:
    """Say what has to be done so that pages of an origin may talk to this site."""
    if name == "null":
        return (
            "A page without an address of its own, such as a file, cannot talk to this chat: "
            f"serve it from a website that the chat's admin has added under {SETTING}."
        )
    return f"This chat does not know {name} yet: its admin can add it under {SETTING}."
