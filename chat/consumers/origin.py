"""The check of a browser's origin, before a socket is accepted."""

import logging
from http import HTTPStatus

from chat.consumers.refusals import refuse_handshake
from chat.live import server
from chat.rules.errors import foreign_website
from chat.rules.notices import Notice
from chat.rules.origins import is_listed, is_own

logger = logging.getLogger(__name__)


class OriginCheck:
    """Accepts this site's own origin, those on the admin's list, and clients without an origin.

    A browser always sends the origin of the page. A client without one is not a browser, and a
    cookie from it proves nothing: `scope["own_origin"]` is whether cookies count. Channels' own
    validator checks the host alone, and accepts everything when ALLOWED_HOSTS is `*`.
    """

    def __init__(self, application):
        self.application = application
        self._foreign = Notice(
            logger,
            "A page on %.200r was refused: name it under “allowed origins” in the admin, "
            "or set BASE_URL if it is this site behind a proxy.",
        )

    async def __call__(self, scope, receive, send):
        origin = header_of(scope, b"origin")
        scope["own_origin"] = origin is not None and is_own_origin(origin, scope)
        if origin is None or scope["own_origin"] or await is_allowed(origin):
            await self.application(scope, receive, send)
            return
        self._foreign.warn(origin)
        await refuse_handshake(scope, send, HTTPStatus.FORBIDDEN, foreign_website().message)


def is_own_origin(origin: str, scope) -> bool:
    """Return whether an origin is this site's own."""
    return is_own(origin, scope.get("scheme", "ws"), header_of(scope, b"host") or "")


async def is_allowed(origin: str) -> bool:
    """Return whether an origin is on the admin's list."""
    return is_listed(origin, (await server.current()).configuration.origins())


def header_of(scope, name: bytes) -> str | None:
    """Return the last header of a name, or None."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if values else None
