"""Refusals of requests, with the codes that Engine.IO's clients know."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

BAD_METHOD = (2, HTTPStatus.BAD_REQUEST, _("This address takes GET and POST. Use one of these."))
BAD_REQUEST = (3, HTTPStatus.BAD_REQUEST, _("This is no request of Socket.IO. Use a client of it."))
UNKNOWN_SESSION = (
    1,
    HTTPStatus.BAD_REQUEST,
    _(
        "This process does not know this session, so connect again. Where the site has several "
        'processes, polling needs a proxy that keeps a client at one. transports: ["websocket"] '
        "needs none."
    ),
)
OLD_CLIENT = (
    5,
    HTTPStatus.BAD_REQUEST,
    _("This client speaks an older protocol. Use version 3 or 4 of Socket.IO's client."),
)
FOREIGN = (
    4,
    HTTPStatus.FORBIDDEN,
    _("This website may not use this chat. An admin can add it to the allowed origins."),
)
TOO_LARGE = (3, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _("This is too much at once. Send less."))
TOO_FAST = (3, HTTPStatus.TOO_MANY_REQUESTS, _("That was quick. Wait a little, then try again."))
UNENCRYPTED = (3, HTTPStatus.BAD_REQUEST, _("Use https. Others can read what is sent over http."))

WANTED_VERSION = ["4"]  # of Engine.IO


class Refused(Exception):
    """A refused request: a code for clients, a status, and a sentence for people."""

    def __init__(
        self, code: int, status: HTTPStatus, sentence: str, retry_after: float | None = None
    ):
        super().__init__(sentence)
        self.code, self.status, self.sentence = code, status, str(sentence)
        self.retry_after = retry_after


def check_version(query: dict[str, list[str]]) -> None:
    """Raise Refused for a client of another protocol."""
    if query.get("EIO") != WANTED_VERSION:
        raise Refused(*OLD_CLIENT)
