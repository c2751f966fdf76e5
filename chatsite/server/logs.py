"""Keeps what any stranger can cause from filling the log."""

import logging

# uvicorn's and websockets' words about each socket that comes, goes, or sends what is no text.
OF_A_SOCKET = {
    '%s - "WebSocket %s" [accepted]',
    '%s - "WebSocket %s" 403',
    '%s - "WebSocket %s" %d',
    "connection open",
    "connection closed",
    "Invalid UTF-8 sequence received from client.",
}


class ClientFault(logging.Filter):
    """Makes a warning of one line out of an error with its traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True


class NoSockets(logging.Filter):
    """Drops what is said of each socket."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in OF_A_SOCKET
