"""/client.js and /client.classic.js, the client library, for programs and any website's pages, and
/socket.io/socket.io.js, which pages of Socket.IO load from their server."""

import re
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

from chat.clientlibrary import files

JAVASCRIPT = "text/javascript; charset=utf-8"
# The address stays the same when the site is updated, so a browser revalidates after five minutes.
# With the file's hash in the address the content never changes.
REVALIDATE = "public, max-age=300, must-revalidate"
IMMUTABLE = "public, max-age=31536000, immutable"

# The names that it is known by.
SOCKET_IO = {
    name: partial(files.socket_io, name)
    for name in ("socket.io.js", "socket.io.min.js", "socket.io.esm.min.js")
}


@require_safe
def module(request: HttpRequest) -> HttpResponse:
    """Return the library for `import`."""
    return _response(request, files.cached(files.module))


@require_safe
def classic(request: HttpRequest) -> HttpResponse:
    """Return the library for a plain `<script>`."""
    return _response(request, files.cached(files.classic))


@require_safe
def socket_io(request: HttpRequest, name: str) -> HttpResponse:
    """Return a file of Socket.IO's client."""
    return _response(request, files.cached(SOCKET_IO[name]))


def _response(request: HttpRequest, file: files.LibraryFile) -> HttpResponse:
    """Return a file, or 304 to a browser that has it.

    Every website may read it: it is the same for all and has no secret in it, and a page whose
    website is not allowed to connect needs the library to say so.
    """
    zipped = _accepts_gzip(request)
    etag = f'"{file.hash}-gzip"' if zipped else f'"{file.hash}"'
    response = HttpResponse(file.zipped if zipped else file.body, content_type=JAVASCRIPT)
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    response["Cache-Control"] = IMMUTABLE if request.GET.get("v") == file.hash else REVALIDATE
    response = get_conditional_response(request, etag=etag, response=response)
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _accepts_gzip(request: HttpRequest) -> bool:
    """Return whether a client names gzip among its encodings, without `q=0`."""
    offers = request.headers.get("Accept-Encoding", "").replace(" ", "").split(",")
    return any(re.fullmatch(r"gzip(;q=(1|0\.\d*[1-9]\d*).*)?", offer) for offer in offers)
