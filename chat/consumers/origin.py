"""The check of a browser's origin, before a socket is accepted."""

import logging

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from chat import server
from chat.origins import parse_origin

logger = logging.getLogger(__name__)

SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


class OriginCheck:
    """Lets in this site's own origin, those on the allow list, and clients without an origin.

    A browser always tells the origin of the page; without one a client is no browser, and a
    cookie proves nothing of it. `scope["own_origin"]` tells whether cookies count. Channels' own
    validator looks at the host alone, and lets everything in when ALLOWED_HOSTS is `*`.
    """

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        origin = _header(scope, b"origin")
        scope["own_origin"] = origin is not None and is_own(origin, scope)
        if origin is None or scope["own_origin"] or await is_allowed(origin):
            await self.application(scope, receive, send)
            return
        logger.warning(
            "A page on %.200r was refused: name it under “allowed origins” in the admin, "
            "or set BASE_URL if it is this site behind a proxy.",
            origin,
        )
        # Closing before accepting is answered with HTTP 403.
        await send({"type": "websocket.close"})


def is_own(origin: str, scope) -> bool:
    """Whether an origin is this site's own: BASE_URL's, or that of the request's own address.

    The address counts only where ALLOWED_HOSTS knows it: a foreign name that was made to point
    here (DNS rebinding) is no name of this site.
    """
    host = _header(scope, b"host") or ""
    known = settings.ALLOWED_HOSTS or [".localhost", "127.0.0.1", "[::1]"]
    own = [settings.BASE_URL] if settings.BASE_URL else []
    if validate_host(split_domain_port(host)[0], known):
        own.append(f"{SCHEMES[scope.get('scheme', 'ws')]}://{host}")
    return _parsed(origin) in {_parsed(text) for text in own} - {None}


async def is_allowed(origin: str) -> bool:
    """Whether an origin is on the admin's allow list."""
    configuration = (await server.current()).configuration
    return _parsed(origin) in configuration.origins()


def _parsed(text: str):
    try:
        return parse_origin(text)
    except ValueError:
        return None


def _header(scope, name: bytes) -> str | None:
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if values else None
