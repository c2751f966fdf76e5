"""Who asks at an HTTP door: the one whose token it is, else who is signed in, else anybody."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from ninja.security.base import AuthBase

from chat.access import identity
from chat.live import server
from chat.models import Person
from chat.rules.errors import ChatError, blocked
from chat.rules.limits import rate_limited
from chat.rules.origins import is_own


class Caller(NamedTuple):
    """Somebody at the door; `person` is None for who did not say.

    `session_key` is that of the session which they are known by, if it is one.
    """

    person: Person | None
    session_key: str | None = None


class Token(AuthBase):
    """`Authorization: Bearer TOKEN`, of a guest or a bot.

    With `any_name` the guest is let in whose name a member has by now: to take another.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, *, any_name: bool = False):
        super().__init__()
        self._name = "" if any_name else None

    async def __call__(self, request: HttpRequest) -> Caller | None:
        # Other schemes are not ours: a proxy before a private site may ask for a password.
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        return await _caller(identity.holder_of, token.strip(), self._name)


class Session(AuthBase):
    """The session cookie, on the site's own pages; a write needs the CSRF token with it."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    async def __call__(self, request: HttpRequest) -> Caller | None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key or not from_own_page(request):
            return None
        if reason := _Csrf(lambda request: None).fault(request):
            raise ChatError("forbidden", f"Reload the page and try again. ({reason})")
        caller = await _caller(identity.known_person, key, None)
        return caller and caller._replace(session_key=key)


class _Csrf(CsrfViewMiddleware):
    """Django's check, which gives its reason instead of a page."""

    def fault(self, request: HttpRequest) -> str | None:
        self.process_request(request)
        return self.process_view(request, None, (), {})

    def _reject(self, request, reason):
        return reason


def from_own_page(request: HttpRequest) -> bool:
    """Whether a request may come from a page of this site.

    A browser leaves the origin out where a page reads from its own site.
    """
    origin = request.headers.get("Origin")
    return origin is None or is_own(origin, request.scheme, request.get_host())


async def anybody(request: HttpRequest) -> Caller:
    """Let in who did not say who they are."""
    return Caller(None)


async def _caller(find: Callable[..., Person | None], *credentials: str | None) -> Caller | None:
    """Find who it is. Raises ChatError for the blocked and the hasty."""
    running = await server.current()
    person = await running.readers.run(find, *credentials)
    if person is None:
        return None
    if person.is_blocked:
        raise blocked()
    now = asyncio.get_running_loop().time()
    if wait := running.limiter.wait_as_person(person.public_id, now, running.configuration):
        raise rate_limited(wait)
    return Caller(person)


# What a door takes: the first that answers counts, and a token is asked first.
SIGNED_IN = {"auth": [Token(), Session()]}
ANYBODY = {
    "auth": [*SIGNED_IN["auth"], anybody],
    "openapi_extra": {"security": [{}]},
}
