"""Pages are for one person: no cache between the site and their browser may keep them."""

from inspect import iscoroutinefunction

from django.http import HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def private_pages(get_response):
    """Mark every page, and whatever else sets a cookie, as private.

    A proxy that kept such a response would give one person's cookie, and with it the CSRF token
    that is checked against it, to everybody. All pages depend on the cookies for the theme and
    the session.
    """
    if iscoroutinefunction(get_response):

        async def respond(request):
            return mark_private(await get_response(request))

    else:

        def respond(request):
            return mark_private(get_response(request))

    return respond


def mark_private(response: HttpResponseBase) -> HttpResponseBase:
    """Return a response, marked as private if it is a page or sets a cookie."""
    is_page = response.get("Content-Type", "").startswith("text/html")
    if is_page or response.cookies:
        patch_vary_headers(response, ["Cookie"])
        if "no-store" not in response.get("Cache-Control", ""):
            patch_cache_control(response, private=True, no_cache=True)
    return response
