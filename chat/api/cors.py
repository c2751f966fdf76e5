"""CORS: pages of other websites on the admin's list may use the API, with a token.

Not django-cors-headers: it asks for a list that changes through a synchronous signal, compares
origins as texts (https and its port 443 would differ), and is a middleware, which the API does
not pass.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from chat.api.callers import SAFE_METHODS, from_own_page
from chat.api.responses import no_content
from chat.models import Configuration
from chat.rules.errors import foreign_website
from chat.rules.origins import is_listed

PREFLIGHT_MAX_AGE = 600  # seconds for which a browser remembers a preflight


def is_preflight(request: HttpRequest) -> bool:
    """Whether a request is a CORS preflight, sent by a browser before another website's request."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def preflight() -> HttpResponse:
    """Return the response to a preflight; `add_headers` says in it what is allowed."""
    return no_content()


def add_headers(request: HttpRequest, response: HttpResponse, configuration: Configuration) -> None:
    """Allow pages of the websites on the list to read a response and make their requests.

    Without credentials: another website must not use this site's cookies.
    """
    patch_vary_headers(response, ["Origin"])
    origin = request.headers.get("Origin")
    if origin is None or not is_listed(origin, configuration.origins()):
        return
    response["Access-Control-Allow-Origin"] = origin
    if is_preflight(request):
        response["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Last-Event-ID"
        response["Access-Control-Max-Age"] = PREFLIGHT_MAX_AGE
    else:
        response["Access-Control-Expose-Headers"] = "Retry-After"


def check_origin_of_write(request: HttpRequest, configuration: Configuration) -> None:
    """Raise `forbidden` for a write by a page of a website that is not on the list.

    A browser sends a plain form without a preflight.
    """
    if request.method in SAFE_METHODS or from_own_page(request):
        return
    if not is_listed(request.headers["Origin"], configuration.origins()):
        raise foreign_website()
