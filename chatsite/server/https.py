"""Requests over plain http to a site that has https, which Django redirects to it."""

import logging
import re
from collections.abc import Awaitable, Callable

from django.conf import settings

from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

UNSAID = Notice(
    logger,
    "A request came without X-Forwarded-Proto and is redirected to https, behind a proxy for ever: "
    "let the proxy set that header.",
)
UNTRUSTED = Notice(
    logger,
    "X-Forwarded-Proto from %s does not count, and a request is redirected to https for ever: if "
    "that is your proxy, name it in TRUSTED_PROXIES.",
)
UNENCRYPTED = Notice(
    logger,
    "The proxy says http in X-Forwarded-Proto, and no request came over https yet: let it say how "
    "people reach the outermost proxy.",
)


class HttpsWatch:
    """Logs why a browser may be redirected to https for ever: what the proxy says, or does not.

    Passes everything on. Strangers can cause the lines, hence at most one of a kind a minute.
    """

    def __init__(self, application: Callable[..., Awaitable[None]]):
        self._application = application
        self._has_https = False

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if settings.SECURE_SSL_REDIRECT:
            self._watch(scope)
        await self._application(scope, receive, send)

    def _watch(self, scope: dict) -> None:
        if scope["scheme"] == "https":
            self._has_https = True
        elif not is_exempt(scope["path"]):
            said = dict(scope["headers"]).get(b"x-forwarded-proto")
            if said is None:
                UNSAID.warn()
            elif said != b"http":
                UNTRUSTED.warn((scope.get("client") or ["a socket"])[0])
            elif not self._has_https:
                # A proxy that passes port 80 on says so rightly, and its site is reached by https.
                UNENCRYPTED.warn()


def is_exempt(path: str) -> bool:
    """Return whether a path is served over plain http, too."""
    return any(re.search(exempt, path.lstrip("/")) for exempt in settings.SECURE_REDIRECT_EXEMPT)
