"""Log filters: what any stranger can cause must not fill the log."""

import logging

# What uvicorn and websockets log of each socket: opened, closed, invalid text.
SOCKET_MESSAGES = {
    '%s - "WebSocket %s" [accepted]',
    '%s - "WebSocket %s" 403',
    '%s - "WebSocket %s" %d',
    "connection open",
    "connection closed",
    "Invalid UTF-8 sequence received from client.",
}


class ClientFault(logging.Filter):
    """Turns an error with its traceback into a warning of one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        return True


class NoSockets(logging.Filter):
    """Drops the messages about each socket."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.msg not in SOCKET_MESSAGES
