"""Authentication for the API: the holder of the token, else who is signed in, else nobody."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from ninja.security.base import AuthBase

from chat.access import identity, tokens
from chat.access.tokens import Claim
from chat.live import server
from chat.models import Person
from chat.rules.errors import ChatError, blocked
from chat.rules.limits import Use, rate_limited
from chat.rules.origins import is_own

# Methods of requests that change nothing (RFC 9110, section 9.2.1).
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# In the address of everything that puts reactions under messages, or takes them back.
REACTION = re.compile("/messages/[^/]+/reactions/")


class Caller(NamedTuple):
    """Who sends a request; `person` is None for somebody unknown.

    `session_key` is the key of the session by which they are known, if it is one.
    """

    person: Person | None
    session_key: str | None = None


class Token(AuthBase):
    """`Authorization: Bearer TOKEN`, of a guest or a bot.

    Without `check_name` a guest is accepted whose name a member has by now: to take another.
    """

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __init__(self, *, check_name: bool = True):
        super().__init__()
        self._check_name = check_name

    async def __call__(self, request: HttpRequest) -> Caller | None:
        # Other schemes are not ours: a proxy in front of a private site may ask for a password.
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        claim = Claim(token.strip(), check_name=self._check_name)
        return await _caller(request, partial(tokens.holder_of, claim))


class Session(AuthBase):
    """The session cookie, from the site's own pages; a write needs the CSRF token with it."""

    openapi_type = "apiKey"
    openapi_in = "cookie"
    openapi_name = settings.SESSION_COOKIE_NAME

    async def __call__(self, request: HttpRequest) -> Caller | None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        if not key or not from_own_page(request):
            return None
        if reason := _CsrfCheck(lambda request: None).fault(request):
            raise ChatError(
                "forbidden", _("Reload the page and try again. (%(reason)s)") % {"reason": reason}
            )
        caller = await _caller(request, partial(identity.signed_in_person, key))
        return caller and caller._replace(session_key=key)


class _CsrfCheck(CsrfViewMiddleware):
    """Django's check; `fault` returns why a request fails it, or None, instead of a page."""

    def fault(self, request: HttpRequest) -> str | None:
        self.process_request(request)
        return self.process_view(request, None, (), {})

    def _reject(self, request, reason):
        return reason


def from_own_page(request: HttpRequest) -> bool:
    """Whether a request may come from a page of this site.

    A browser sends no origin where a page reads from its own site.
    """
    origin = request.headers.get("Origin")
    return origin is None or is_own(origin, request.scheme, request.get_host())


async def anybody(request: HttpRequest) -> Caller:
    """Accept a request of somebody unknown."""
    return Caller(None)


def use_of(request: HttpRequest) -> Use:
    """Return what a request is for, by its method and its address."""
    if REACTION.search(request.path):
        return Use.REACTING
    return Use.READING if request.method in SAFE_METHODS else Use.WRITING


async def _caller(request: HttpRequest, find: Callable[[], Person | None]) -> Caller | None:
    """Return the caller that `find` finds in the database, if any.

    Raises ChatError: `forbidden` for a blocked person, `rate_limited` for too many requests.
    """
    running = await server.current()
    person = await running.database.run(find)
    if person is None:
        return None
    if person.is_blocked:
        raise blocked()
    now, configuration = asyncio.get_running_loop().time(), running.configuration
    if wait := running.limiter.wait_as_person(
        person.public_id, use_of(request), now, configuration
    ):
        raise rate_limited(wait)
    return Caller(person)


# The callers that an endpoint accepts: the first check to find one counts, tokens come first.
SIGNED_IN = {"auth": [Token(), Session()]}
ANYBODY = {
    "auth": [*SIGNED_IN["auth"], anybody],
    "openapi_extra": {"security": [{}]},
}
