"""What must hold of the data folder and of an SQLite file: writable, and private."""

import logging
import os
import resource
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

from django.conf import settings
from django.db import (
    DatabaseError,
    Error,
    InternalError,
    OperationalError,
    ProgrammingError,
    connection,
)

from chat.log.probing import write_a_row
from chat.management.preconditions import WRONG, Refused, first_line
from chat.rules.files import (
    REMEDIES,
    holds_other_folders,
    name_of,
    owner_of,
    refusal_to_write,
    sentence_about,
)

logger = logging.getLogger("chat.setup")

# Errors of the database that do not blame what is to be stored, as its others do.
FAULTS = (OperationalError, ProgrammingError, InternalError)
# What SQLite writes: the database, and the files that it keeps beside it.
OWN_FILES = ("", "-wal", "-shm", "-journal")
# A start opens about 40, 64 are kept for the database (chatsite/server/http.py), and each
# connection takes one.
FEWEST_FILES = 256
MOST_FILES = 65536
# In bytes: SQLite cannot open a database with less on its disk.
LEAST_FREE = 64 * 1024


def check_open_files() -> None:
    """Raise the limit of open files to its maximum. Raises Refused where that is too few."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
    if allowed < wanted:
        # macOS may allow less than the limit that it names.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            allowed = wanted
    if allowed < FEWEST_FILES:
        raise Refused(
            f"This process may open only {allowed} files. Raise the limit, with ulimit -n 4096 or "
            "with LimitNOFILE in its systemd unit."
        )


def check_storage() -> None:
    """Raise Refused where the data folder or an SQLite file is unusable; close both to others."""
    check_writable(settings.DATA_DIR, "DATA_DIR")
    warn_of_another_owner(settings.DATA_DIR)
    make_folder_private(settings.DATA_DIR)
    if path := sqlite_path():
        setting = "DATA_DIR" if path.parent == settings.DATA_DIR else "DATABASE_URL"
        check_writable(path.parent, setting)
        for file in own_files(path):
            # SQLite may remove one just now, in another process.
            if (refusal := refusal_to_write(file, setting)) and file.exists():
                raise Refused(refusal)
        # Not a folder or a device, to which the address leads by mistake.
        for file in filter(Path.is_file, {*own_files(path), *copies(path)}):
            make_private(file, 0o600)


def check_writable(path: Path, setting: str) -> None:
    """Raise Refused where a folder cannot be written; make one that is missing."""
    try:
        if not path.exists():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(sentence_about(path, error, setting)) from error
    if refusal := refusal_to_write(path, setting):
        raise Refused(refusal)


def check_writes() -> None:
    """Raise Refused where the database takes no writes: nobody could say anything."""
    with refusing_what_fails():
        write_a_row()


@contextmanager
def refusing_what_fails() -> Iterator[None]:
    """Raise Refused in place of errors of the database and of the disk."""
    try:
        yield
    except (Error, OSError) as error:
        if refusal := refusal_for(error):
            raise Refused(refusal) from error
        raise


def refusal_for(error: Exception) -> str | None:
    """Return what to do about an error of the database or the disk; None for any other."""
    if isinstance(error, OSError) and (error.filename or error.errno in REMEDIES):
        # A file that is open already is not named, as where the disk gets full.
        return sentence_about(Path(error.filename or settings.DATA_DIR), error, "DATA_DIR")
    if isinstance(error, FAULTS) or type(error) is DatabaseError:
        return sentence_about_database(first_line(error).rstrip("."))
    return None


def sentence_about_database(reason: str) -> str:
    """Return what is the matter with the database, in its driver's words, and what to do."""
    path = sqlite_path()
    if path is None and connection.connection is None:
        return f"The database does not answer ({reason}): {remedy_without_connection(reason)}."
    if "no such" in reason or "does not exist" in reason:
        return f"{path or 'The database'} lacks something ({reason}): run manage.py setup."
    if path is None:
        return f"The database takes no writes ({reason}): set DATABASE_URL to one that does."
    for file in (path.parent, *own_files(path)):
        if refusal := refusal_to_write(file, "DATABASE_URL"):
            return refusal
    if "full" in reason or shutil.disk_usage(path.parent).free < LEAST_FREE:
        return f"{path} cannot be written ({reason}). Make room on that disk."
    if "locked" in reason:
        return f"{path} is in use by another program ({reason}): end that first."
    return f"{path} cannot be used ({reason}): restore a backup, or set DATABASE_URL to another."


def remedy_without_connection(reason: str) -> str:
    """Return what to do where the database's server does not answer, or lets nobody in."""
    if "does not exist" in reason:
        return "create it, or correct DATABASE_URL"
    if WRONG.search(reason):
        return "correct DATABASE_URL"
    return "start it, or set DATABASE_URL to another"


def sqlite_path() -> Path | None:
    """Return the file of the database, not a link to it; None where it is no SQLite database."""
    if connection.vendor != "sqlite":
        return None
    return Path(connection.settings_dict["NAME"]).resolve()


def own_files(path: Path) -> list[Path]:
    """Return what there is of the files that SQLite writes for a database."""
    files = (path.with_name(f"{path.name}{suffix}") for suffix in OWN_FILES)
    return [file for file in files if file.exists()]


def copies(path: Path) -> Iterator[Path]:
    """Return copies of the database, and backups of it, by their names.

    Another folder than the data folder may hold databases of other programs as well.
    """
    of_this_one = f"{escape(path.name)}*"
    for folder, pattern in ((settings.DATA_DIR, "*.sqlite3*"), (path.parent, of_this_one)):
        yield from (file for file in folder.glob(pattern) if not file.is_symlink())


def warn_of_another_owner(folder: Path) -> None:
    """Log that the folder is another user's: what root writes there, its owner may not change."""
    if folder.stat().st_uid != os.geteuid():
        owner, me = owner_of(folder), name_of(os.geteuid())
        logger.warning(
            "%s belongs to %s, and this runs as %s: run it as %s, or give the folder to %s.",
            *(folder, owner, me, owner, me),
        )


def make_folder_private(folder: Path) -> None:
    """Close the data folder to others, unless it holds more than the site's data.

    The system would not work with /etc or /var/lib closed.
    """
    shared = folder.stat().st_mode & stat.S_ISVTX
    holds_more = folder == Path.home() or folder in (settings.ROOT, *settings.ROOT.parents)
    is_default = folder.parent == settings.ROOT
    if not shared and not holds_more and (is_default or not holds_other_folders(folder)):
        make_private(folder, 0o700)


def make_private(path: Path, mode: int) -> None:
    """Change the mode of what is this user's and others may read, unless it is gone by now."""
    with suppress(FileNotFoundError):
        _make_private(path, mode)


def _make_private(path: Path, mode: int) -> None:
    status = path.stat()
    if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) & 0o077:
        path.chmod(mode)
