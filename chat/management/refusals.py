"""What must be put right before the site can start, told in one sentence."""

import socket

from django.core.management.base import CommandError
from django.db import OperationalError, connection


class Refused(CommandError):
    """A sentence that says what to set; the command ends with status 2."""

    def __init__(self, sentence: str):
        super().__init__(sentence, returncode=2)


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Refused where the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, OverflowError) as error:
        raise Refused(
            f"Cannot listen on {host} port {port}: {error.args[-1].rstrip('.')}. "
            "Choose another address."
        ) from error


def refuse_silent_database() -> None:
    """Raise Refused where the database cannot be reached."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).partition("\n")[0]
        raise Refused(
            f"The database does not answer ({reason}): start it, or set DATABASE_URL to another."
        ) from error
