"""What must hold before the site can start: a free port, a database, a folder for its data."""

import logging
import re
import socket
import time
from pathlib import Path

from django.core.management.base import CommandError
from django.db import OperationalError, connection

from chat.management.addresses import is_wildcard
from chat.rules.files import sentence_about

logger = logging.getLogger("chat.setup")

# What PostgreSQL says of a connection that it will not accept later either.
WRONG = re.compile(r"authentication failed|no password supplied|does not exist|no pg_hba\.conf")
# Connections that wait for a server that starts or is busy; the system may allow fewer.
BACKLOG = 2048
# In seconds.
BETWEEN_TRIES = 0.5
LOG_EVERY = 60.0


class Refused(CommandError):
    """One sentence that says what to set; the command ends with status 2.

    Django prints the name of the class before the sentence, as manage.py does.
    """

    def __init__(self, sentence: str):
        super().__init__(sentence, returncode=2)


def check_port(host: str, port: int) -> None:
    """Raise Refused where the address cannot be listened on."""
    listening_socket(host, port).close()


def listening_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the address; raise Refused where another process does.

    One that is only bound would let a second server start, which would then never listen. [::] is
    every address, those of IPv4 too, where the system can do that.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = family == socket.AF_INET6 and is_wildcard(host) and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=both
        )
    except (OSError, OverflowError) as error:
        raise Refused(cannot_listen(host, port, error)) from error


def cannot_listen(host: str, port: int, error: Exception) -> str:
    """Return the sentence for an address that cannot be listened on."""
    reason = str(error.args[-1]).rstrip(".")
    return f"Cannot listen on {host} port {port}: {reason}. Choose another address."


def wait_for_database() -> None:
    """Return once the database answers; log why it does not, at first and then every minute.

    Raises OperationalError where waiting does not help: from a server that knows neither the
    database nor the password, and for a file.
    """
    logged_at = None
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError as error:
            if connection.vendor == "sqlite" or WRONG.search(str(error)):
                raise
            if logged_at is None or time.monotonic() - logged_at >= LOG_EVERY:
                logged_at = time.monotonic()
                logger.warning("The database does not answer (%s): waiting.", first_line(error))
        time.sleep(BETWEEN_TRIES)


def first_line(error: Exception) -> str:
    """Return the first line of a driver's message, which may go on for several."""
    return str(error).partition("\n")[0]


def check_folder(path: Path) -> None:
    """Create a missing folder, for this user alone; raise Refused where that fails."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(sentence_about(path, error, "DATA_DIR")) from error
