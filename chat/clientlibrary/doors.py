"""/client.js and /client.classic.js: the client library, for programs and any website's pages."""

import re

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from chat.clientlibrary import files

JAVASCRIPT = "text/javascript; charset=utf-8"
# The address stays the same when the site is brought up to date: a browser asks again soon. With
# the hash in the address, what comes is what the address says, and no other.
ASK_AGAIN = "public, max-age=300, must-revalidate"
FOR_GOOD = "public, max-age=31536000, immutable"


@require_safe
def module(request: HttpRequest) -> HttpResponse:
    """The library for `import`."""
    return _answer(request, files.made(files.module))


@require_safe
def classic(request: HttpRequest) -> HttpResponse:
    """The library for a plain `<script>`."""
    return _answer(request, files.made(files.classic))


def _answer(request: HttpRequest, file: files.LibraryFile) -> HttpResponse:
    """Give a file, or 304 to who has it.

    Every website may read it: it is the same for all and holds no secret, and a website that is
    not on the admin's list can only be told so, in words, by the library itself.
    """
    zipped = _takes_gzip(request)
    etag = f'"{file.hash}-gzip"' if zipped else f'"{file.hash}"'
    response = HttpResponse(file.zipped if zipped else file.body, content_type=JAVASCRIPT)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Cache-Control"] = FOR_GOOD if request.GET.get("v") == file.hash else ASK_AGAIN
    response = get_conditional_response(request, etag=etag, response=response)
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    """Whether a client names gzip among what it takes, and not to refuse it."""
    offers = request.headers.get("Accept-Encoding", "").replace(" ", "").split(",")
    return any(re.fullmatch(r"gzip(;q=(1|0\.\d*[1-9]\d*).*)?", offer) for offer in offers)
