"""Which session a request names, and whose it is, also after the site's SECRET_KEY was changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.auth import middleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils.functional import SimpleLazyObject


def may_be_key(text: str | None) -> bool:
    """Return whether a text may be the key of a session.

    Anybody may send anything in its cookie, and a NUL is an error in PostgreSQL.
    """
    return bool(text) and text.isascii() and text.isalnum()


class CheckedSessionMiddleware(SessionMiddleware):
    """Django's, without a cookie that can be nobody's."""

    def process_request(self, request):
        if not may_be_key(request.COOKIES.get(settings.SESSION_COOKIE_NAME)):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        super().process_request(request)


class AuthenticationMiddleware(middleware.AuthenticationMiddleware):
    """Django's, which signs a session of a former key with the present one, in its place.

    Django replaces such a session by one with another key. The end of a session closes its
    sockets and refuses its writes, so with the first page of a member after the change of the key
    (SECRET_KEY_FALLBACKS) their other tabs would be signed out.
    """

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: user_of(request))
        request.auser = sync_to_async(lambda: user_of(request))


def user_of(request):
    """Return the user of a request, found once, or an AnonymousUser."""
    if not hasattr(request, "_cached_user"):
        with keeping_its_key(request.session):
            request._cached_user = auth.get_user(request)
    return request._cached_user


@contextmanager
def keeping_its_key(session) -> Iterator[None]:
    """Keep a session's key within the block, whatever would change it."""
    session.cycle_key = lambda: None
    try:
        yield
    finally:
        del session.cycle_key
