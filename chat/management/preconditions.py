"""What must hold before the site can start: a free port, a database, a folder for its data."""

import socket
from pathlib import Path

from django.core.management.base import CommandError
from django.db import OperationalError, connection


class Refused(CommandError):
    """One sentence that says what to set; the command ends with status 2.

    Django prints the name of the class before the sentence, as manage.py does.
    """

    def __init__(self, sentence: str):
        super().__init__(sentence, returncode=2)


def check_port(host: str, port: int) -> None:
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


def check_database() -> None:
    """Raise Refused where the database cannot be reached."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).partition("\n")[0]
        raise Refused(
            f"The database does not answer ({reason}): start it, or set DATABASE_URL to another."
        ) from error


def check_folder(path: Path) -> None:
    """Create the folder where it is missing; raise Refused where that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"{path} cannot be written in ({error.strerror}): set DATA_DIR to where it can."
        ) from error
