"""Log filters: what any stranger can cause must not fill the log."""

import logging
import re
from http import HTTPStatus

from django.db import InterfaceError, OperationalError

from chat.live.threads import SILENCE

# What uvicorn and websockets log of each socket: opened, closed, invalid text.
SOCKET_MESSAGES = {
    '%s - "WebSocket %s" [accepted]',
    '%s - "WebSocket %s" 403',
    '%s - "WebSocket %s" %d',
    "connection open",
    "connection closed",
    "Invalid UTF-8 sequence received from client.",
}
# In the address of an invitation, of its page and of the API.
CODE = re.compile(r"((?<!/rooms)/invitations/|%2Finvitations%2F)[^/?%&,\s\"']+")


class ClientFault(logging.Filter):
    """Turns an error with its traceback into a warning of one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True


class NoOutages(logging.Filter):
    """Drops what Django logs of each request that met an outage, often with its traceback.

    The outage has a line of its own, once a minute. What /readyz found is logged there already.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info and record.exc_info[1]
        if isinstance(error, (OperationalError, InterfaceError)):
            SILENCE.warn(error)
            return False
        return getattr(record, "status_code", None) != HTTPStatus.SERVICE_UNAVAILABLE


class Line(logging.Formatter):
    """Hides the codes of invitations, of which only a digest is stored."""

    def format(self, record: logging.LogRecord) -> str:
        return CODE.sub(r"\1…", super().format(record))


class NoSockets(logging.Filter):
    """Drops the messages about each socket."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in SOCKET_MESSAGES
