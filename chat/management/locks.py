"""Locks that let one process at a time prepare what several share."""

import fcntl
import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection

from chat.management.preconditions import check_folder

logger = logging.getLogger("chat.setup")

# PostgreSQL's advisory locks are numbers; this one is the name of ours.
LOCK_NUMBER = int.from_bytes(hashlib.sha256(b"chatsite setup").digest()[:8], signed=True)
# In seconds.
BETWEEN_TRIES = 0.2


@contextmanager
def setup_lock() -> Iterator[None]:
    """Run the block in one process at a time, of all that use the same folder or database.

    Two that migrate at once, or collect files into one folder, would break each other.
    """
    folders = {settings.DATA_DIR}
    if connection.vendor == "sqlite":
        folders.add(Path(connection.settings_dict["NAME"]).parent)
    with ExitStack() as locks:
        for folder in sorted(folders):
            locks.enter_context(folder_lock(folder))
        if connection.vendor == "postgresql":
            locks.enter_context(advisory_lock())
        yield


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Lock a file in `folder`, which is made where it is missing."""
    check_folder(folder)
    with (folder / "setup.lock").open("w") as file:
        wait_for(lambda: _try_to_lock(file), folder)
        yield


@contextmanager
def advisory_lock() -> Iterator[None]:
    """Keep a lock in PostgreSQL, which ends with its connection.

    It has a connection of its own, so that the block may use transactions as it likes, and belongs
    to a transaction, so that it also works through a pooler that lends connections for one.
    """
    own = connection.copy()
    try:
        own.set_autocommit(False)
        wait_for(lambda: _try_to_lock_in(own), "the database")
        yield
    finally:
        own.close()


def wait_for(is_locked: Callable[[], bool], what: object) -> None:
    """Try again and again until the lock is held; log that somebody else has it."""
    if is_locked():
        return
    logger.info("Another process is preparing %s: waiting for it.", what)
    while not is_locked():
        time.sleep(BETWEEN_TRIES)


def _try_to_lock(file: IO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _try_to_lock_in(own) -> bool:
    """Try the lock; where another process has it, end the transaction, which would age."""
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_NUMBER])
        (is_locked,) = cursor.fetchone()
    if not is_locked:
        own.rollback()
    return is_locked
