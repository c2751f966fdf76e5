"""Pages of other websites: those on the admin's list may use the API, with a token.

Written here rather than taken from django-cors-headers: there a list that changes is asked for
through a synchronous signal, origins are compared as texts (https and its port 443 would differ),
and it stands among the middleware that the API does not pass.
"""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from chat.api.callers import from_own_page
from chat.models import Configuration
from chat.rules.errors import ChatError
from chat.rules.origins import is_listed

SAFE = {"GET", "HEAD", "OPTIONS"}
REMEMBERED = 600  # seconds that a browser need not ask again


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser asks what a page of another website may do."""
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers


def preflight() -> HttpResponse:
    """Give the answer to a preflight; what is allowed is in the headers that are added."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def add_headers(request: HttpRequest, response: HttpResponse, configuration: Configuration) -> None:
    """Let pages of the websites on the list read an answer, and make their requests.

    Without credentials: a cookie of this site is nothing that another website may use.
    """
    patch_vary_headers(response, ["Origin"])
    origin = request.headers.get("Origin")
    if origin is None or not is_listed(origin, configuration.origins()):
        return
    response["Access-Control-Allow-Origin"] = origin
    if is_preflight(request):
        response["Access-Control-Allow-Methods"] = "GET, POST"
        response["Access-Control-Allow-Headers"] = "Authorization, Content-Type, Last-Event-ID"
        response["Access-Control-Max-Age"] = REMEMBERED
    else:
        response["Access-Control-Expose-Headers"] = "Retry-After"


def refuse_foreign_writes(request: HttpRequest, configuration: Configuration) -> None:
    """Raise `forbidden` for a write by a page of a website that is not on the list.

    A browser sends a plain form without asking first.
    """
    if request.method in SAFE or from_own_page(request):
        return
    if not is_listed(request.headers["Origin"], configuration.origins()):
        raise ChatError(
            "forbidden",
            "A page of another website cannot write here: "
            "the admin can put its address on the list of allowed origins.",
        )
