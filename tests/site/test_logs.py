"""What the log says of requests."""

import logging

from django.conf import settings
from django.utils.module_loading import import_string

CODE = "MVzwpP3kQ0-_aB1cD2eF3g"


def logged(message: str, *args, error: BaseException | None = None) -> str:
    """Return what the console gets of a record."""
    options = dict(settings.LOGGING["formatters"]["line"])
    formatter = import_string(options.pop("()"))(**options)
    record = {"name": "django", "levelname": "WARNING", "msg": message, "args": args}
    traceback = (type(error), error, error.__traceback__) if error else None
    return formatter.format(logging.makeLogRecord({**record, "exc_info": traceback}))


def test_the_code_of_an_invitation_is_not_logged():
    for path in (
        f"/invitations/{CODE}/",
        f"/api/v1/invitations/{CODE}",
        f"/invitations/{CODE}?a=b",
        f"/accounts/login/?next=%2Finvitations%2F{CODE}%2F",
    ):
        for text in (
            logged("Too Many Requests: %s", path),
            logged("Forbidden (%s): %s", "CSRF", path),
            logged(f'"GET {path} HTTP/1.1" 429'),
            logged("Internal Server Error", error=ValueError(path)),
        ):
            assert CODE not in text
            assert "…" in text


def test_other_addresses_are_logged_whole():
    text = logged("Not Found: %s, %d of %d", "/rooms/invitations/members/", 1, 2)
    assert text.endswith(" WARNING django: Not Found: /rooms/invitations/members/, 1 of 2")
