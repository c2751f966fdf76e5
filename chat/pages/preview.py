"""What other sites, search engines and screens of phones show of this one."""

from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from chat.access import policies
from chat.access.policies import Action
from chat.models import Configuration, Room
from chat.rules.text import isolated_name

# Drawn from static/chat/icon.svg. The maskable one has room around the sign: phones cut it to
# circles and squares of their own.
ICONS = (
    ("chat/icons/192.png", "192x192", "any"),
    ("chat/icons/512.png", "512x512", "any"),
    ("chat/icons/maskable-512.png", "512x512", "maskable"),
)
GROUND = "#fbf9f6"


class Preview(NamedTuple):
    """What is shown of a page where somebody puts a link to it; addresses are absolute."""

    title: str
    description: str
    url: str
    image: str
    is_indexed: bool


def described(site: Configuration) -> str:
    """Return one line about the site."""
    return site.welcome or _("Rooms to talk in at %(site)s") % {
        "site": isolated_name(site.site_name)
    }


def site_preview(request: HttpRequest, site: Configuration, *, is_indexed: bool) -> Preview:
    """Return the preview of the site as a whole."""
    description = described(site)
    return _preview(request, site.site_name, description, reverse("front"), is_indexed)


def room_preview(request: HttpRequest, site: Configuration, room: Room | None) -> Preview:
    """Return the preview of a room, or the site's where there is none that anybody may read.

    Whoever makes a preview shows it to people they do not know, so that a member's own rights do
    not count. No room is indexed: what people say is for those who come.
    """
    if room is None or not policies.may(None, Action.READ, room, None):
        return site_preview(request, site, is_indexed=False)
    description = room.topic or _("A room of %(site)s") % {"site": isolated_name(site.site_name)}
    return _preview(request, room.name, description, room.get_absolute_url(), False)


def _preview(
    request: HttpRequest, title: str, description: str, path: str, is_indexed: bool
) -> Preview:
    image = _absolute(request, static("chat/icons/512.png"))
    return Preview(title, description, _absolute(request, path), image, is_indexed)


def _absolute(request: HttpRequest, path: str) -> str:
    return f"{settings.BASE_URL}{path}" if settings.BASE_URL else request.build_absolute_uri(path)


@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Return the web app manifest, with which browsers install the site as an app."""
    site = Configuration.load()
    fields = {
        "id": "/",
        "name": site.site_name,
        "short_name": site.site_name,
        "description": described(site),
        "start_url": reverse("front"),
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for path, sizes, purpose in ICONS
        ],
    }
    return JsonResponse(fields, content_type="application/manifest+json")
