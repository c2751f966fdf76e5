"""What the log says of requests."""

import logging
from io import StringIO

from django.conf import settings
from django.utils.module_loading import import_string

CODE = "MVzwpP3kQ0-_aB1cD2eF3g"


def logged(message: str, *args) -> str:
    """Return what the console gets of a record."""
    handler = logging.StreamHandler(StringIO())
    for name in settings.LOGGING["handlers"]["console"]["filters"]:
        handler.addFilter(import_string(settings.LOGGING["filters"][name]["()"])())
    handler.handle(logging.makeLogRecord({"msg": message, "args": args}))
    return handler.stream.getvalue()


def test_the_code_of_an_invitation_is_not_logged():
    for path in (
        f"/invitations/{CODE}/",
        f"/api/v1/invitations/{CODE}",
        f"/invitations/{CODE}?a=b",
    ):
        for text in (
            logged("Too Many Requests: %s", path),
            logged("Forbidden (%s): %s", "CSRF", path),
            logged(f'"GET {path} HTTP/1.1" 429'),
        ):
            assert CODE not in text
            assert "/invitations/…" in text


def test_other_addresses_are_logged_whole():
    assert logged("Not Found: %s", "/rooms/invitations/") == "Not Found: /rooms/invitations/\n"
    assert logged("%d of %d", 1, 2) == "1 of 2\n"
