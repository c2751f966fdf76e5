from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Router
from pydantic import BaseModel

from chat.api.callers import from_own_page
from chat.api.errors import error_responses
from chat.api.responses import reply
from chat.live import server
from chat.protocol.events import optional
from chat.rules.origins import is_listed

router = Router()

# Where an admin allows a website, in the admin.
SETTING = gettext_lazy("Configuration → Allowed origins")
MAX_SHOWN = 100  # characters of an origin that the response repeats


class Website(BaseModel):
    """Whether pages of the website that asks may use this one, and why not."""

    origin: str | None
    allowed: bool
    reason: str | None = optional(description="What to do about it, for a person.")


@router.get(
    "/origin",
    summary="Check whether a website may use this one",
    response={200: Website, **error_responses()},
)
async def check_origin(request: HttpRequest):
    """Whether a page of the website that asks may use this one.

    Any page may read this response, and no other: a browser tells a page neither why a socket was
    refused nor what is in a response without CORS headers.
    """
    name, running = request.headers.get("Origin"), await server.current()
    allowed = from_own_page(request) or is_listed(name, running.configuration.origins())
    shown = name and name[:MAX_SHOWN]
    website = Website(origin=shown, allowed=allowed, reason=None if allowed else reason(shown))
    response = reply(website)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def reason(name: str) -> str:
    """Return what has to be done so that pages of an origin may use this site."""
    if name == "null":
        return _(
            "A page without an address of its own, such as a file, cannot talk to this chat. "
            "Serve it from a website that an admin has added under %(setting)s."
        ) % {"setting": SETTING}
    return _("This chat does not know %(website)s yet. An admin can add it under %(setting)s.") % {
        "website": name,
        "setting": SETTING,
    }
