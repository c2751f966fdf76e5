"""Parsers for the environment variables; an unusable value raises ImproperlyConfigured.

The error is one sentence for the operator, printed by manage.py.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured
from environ import Env

ORIGIN = re.compile(r"https?://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII)
DATABASE_SCHEMES = ("sqlite:///", "postgres://", "postgresql://")
REDIS_SCHEMES = ("redis://", "rediss://", "unix://")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

SQLITE_OPTIONS = {
    # A transaction that reads before it writes fails as locked unless it takes the lock first.
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    # FULL: acknowledged messages survive a power cut.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,
    "options": "-c synchronous_commit=on -c lock_timeout=5000 -c statement_timeout=30000",
}


def kept_secret(path: Path) -> str:
    """Return the secret stored in `path`; create it, readable by this user only, if it is missing.

    Processes that start together agree on one key: only one of them can create the link, and it
    appears with its whole content.
    """
    if not path.exists():
        ensure_folder(path.parent)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def ensure_folder(path: Path) -> None:
    """Create a folder where it is missing; raise ImproperlyConfigured where that fails."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"{path} cannot be written in ({error.strerror}): set DATA_DIR or DATABASE_URL to "
            "where it can"
        ) from error


def origin(url: str) -> str:
    """Return BASE_URL, which is compared with browsers' `Origin`; it may be empty.

    Raises ImproperlyConfigured for anything but a scheme, a host and perhaps a port.
    """
    if url and not ORIGIN.fullmatch(url):
        raise ImproperlyConfigured(
            f"BASE_URL is {url}, which is no origin: set it like https://chat.example.org"
        )
    return url


def database(url: str, data_dir: Path) -> dict:
    """Return Django's configuration of the database at `url`, with the durability the log needs.

    Raises ImproperlyConfigured for any URL but SQLite's and PostgreSQL's.
    """
    config = parse_database_url(url)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        ensure_folder(Path(config["NAME"]).parent)
        # A file, so that the threads of a test share it; another one for each test run.
        test = {"NAME": data_dir / f"test-{os.getpid()}.sqlite3"}
        return config | {"OPTIONS": SQLITE_OPTIONS, "TEST": test}
    return config | {"OPTIONS": POSTGRESQL_OPTIONS | config.get("OPTIONS", {})}


def parse_database_url(url: str) -> dict:
    try:
        if url.startswith(DATABASE_SCHEMES):
            return Env.db_url_config(url)
    except ValueError:
        pass  # The port is no number.
    # The URL is not repeated: it may hold a password.
    raise ImproperlyConfigured(
        "DATABASE_URL must be like sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"
    )


def redis(url: str) -> str:
    """Return REDIS_URL, which may be empty; raise ImproperlyConfigured for what is no URL."""
    if url and not url.startswith(REDIS_SCHEMES):
        raise ImproperlyConfigured(
            f"REDIS_URL is {url}, which is no URL: set it like redis://127.0.0.1:6379/0"
        )
    return url


def layer_prefix(secret_key: str) -> str:
    """Return the prefix of the channel names of one site's processes, and of no other site's.

    Redis delivers published messages across its database numbers.
    """
    return f"chatsite-{hashlib.sha256(f'layer {secret_key}'.encode()).hexdigest()[:12]}"


def time_zone(name: str) -> str:
    """Return the name of a time zone; raise ImproperlyConfigured for an unknown one."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(
            f"TIME_ZONE is {name}, which is unknown: set it like Europe/Madrid"
        ) from error


def log_level(name: str) -> str:
    """Return the name of a log level; raise ImproperlyConfigured for an unknown one."""
    if name not in LOG_LEVELS:
        raise ImproperlyConfigured(
            f"LOG_LEVEL is {name}, which is unknown: set it to DEBUG, INFO, WARNING or ERROR"
        )
    return name
