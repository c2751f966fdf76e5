"""Where the database and Redis are: DATABASE_URL and REDIS_URL.

No error repeats any part of such an address: it may hold a password, or a piece of one.
"""

import hashlib
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from chatsite.environment import ensure_folder, path_from

SQLITE = "sqlite:///"
POSTGRESQL = ("postgres://", "postgresql://")
REDIS = ("redis://", "rediss://", "unix://")

LIKE_A_DATABASE = (
    "DATABASE_URL must be like sqlite:///PATH or postgres://USER:PASSWORD@HOST:PORT/NAME"
)
LIKE_REDIS = "REDIS_URL must be like redis://127.0.0.1:6379/0 or redis://:PASSWORD@HOST:PORT/0"
PERCENT_ENCODED = "in a password, / ? # @ and % are percent-encoded, as %2F %3F %23 %40 and %25"
OPTIONS = re.compile(r"[\w.-]+=[^&/]*(&[\w.-]+=[^&/]*)*")

SQLITE_OPTIONS = {
    # A transaction that reads before it writes fails as locked unless it takes the lock first.
    "transaction_mode": "IMMEDIATE",
    "timeout": 5,
    # FULL: acknowledged messages survive a power cut. secure_delete: what somebody deleted is
    # overwritten, as Debian's SQLite does by itself.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
}
POSTGRESQL_OPTIONS = {
    "connect_timeout": 5,
    "options": "-c synchronous_commit=on -c lock_timeout=5000 -c statement_timeout=30000",
}


def database(url: str, root: Path, data_dir: Path) -> dict:
    """Return Django's configuration of the database at `url`, with the durability the log needs.

    Without a URL it is a file in `data_dir`. Raises ImproperlyConfigured for any URL but SQLite's
    and PostgreSQL's.
    """
    url = url.strip()
    if not url:
        return sqlite(data_dir / "chat.sqlite3", data_dir)
    if url.startswith(SQLITE):
        return sqlite(sqlite_path(url.removeprefix(SQLITE), root), data_dir)
    if url.startswith(POSTGRESQL):
        check_passwords_encoding("DATABASE_URL", LIKE_A_DATABASE, url)
        return postgresql(url)
    raise ImproperlyConfigured(LIKE_A_DATABASE)


def sqlite_path(text: str, root: Path) -> Path:
    """Return the path in a URL: %20 is a space, and everything else stands for itself."""
    if text in ("", ":memory:"):
        raise ImproperlyConfigured(LIKE_A_DATABASE)
    return path_from(unquote(text), root)


def sqlite(path: Path, data_dir: Path) -> dict:
    """Return the configuration of the SQLite database in a file."""
    ensure_folder(path.parent, "DATABASE_URL" if path.parent != data_dir else "DATA_DIR")
    return {
        "ENGINE": "chatsite.sqlite3",
        "NAME": path,
        "OPTIONS": SQLITE_OPTIONS,
        # A file, so that the threads of a test share it; another one for each test run.
        "TEST": {"NAME": data_dir / f"test-{os.getpid()}.sqlite3"},
    }


def postgresql(url: str) -> dict:
    """Return the configuration of the PostgreSQL database at a URL."""
    try:
        config = Env.db_url_config(url)
    except ValueError:  # The port is no number, or the host no address.
        config = {}
    options = config.get("OPTIONS", {})
    if not (config.get("NAME") or options.get("service")):
        raise ImproperlyConfigured(LIKE_A_DATABASE)
    # The folder of a socket, as libpq writes it: %2Fvar%2Frun%2Fpostgresql.
    return config | {"HOST": unquote(config["HOST"]), "OPTIONS": POSTGRESQL_OPTIONS | options}


def check_passwords_encoding(setting: str, like: str, url: str) -> None:
    """Raise ImproperlyConfigured for a URL whose password ends it, as far as one can see.

    A slash or a question mark in a password ends the host, so that the rest of the password
    would be taken for the database's name, which is shown and logged.
    """
    authority, path, options = re.fullmatch(
        r"\w+://([^/?]*)([^?]*)\??(.*)", url, re.DOTALL
    ).groups()
    cut = "@" in path and not (url.startswith("unix://") and not authority)
    if cut or (("@" in options) and not ("@" in authority and OPTIONS.fullmatch(options))):
        raise ImproperlyConfigured(f"{like}: {PERCENT_ENCODED}")


def redis(url: str) -> str:
    """Return REDIS_URL, which may be empty; raise ImproperlyConfigured for what is no URL."""
    url = url.strip()
    if not url:
        return ""
    if not url.startswith(REDIS):
        raise ImproperlyConfigured(LIKE_REDIS)
    check_passwords_encoding("REDIS_URL", LIKE_REDIS, url)
    try:
        parts = urlsplit(url)
        is_socket = parts.scheme == "unix"
        usable = parts.port != 0 and (is_socket or re.fullmatch(r"/?\d*/?", parts.path))
    except ValueError:
        usable = False
    if not usable or parts.fragment:
        raise ImproperlyConfigured(f"{LIKE_REDIS}: {PERCENT_ENCODED}")
    return url


def layer_prefix(secret_key: str) -> str:
    """Return the prefix of the channel names of one site's processes, and of no other site's.

    Redis delivers published messages across its database numbers.
    """
    return f"chatsite-{hashlib.sha256(f'layer {secret_key}'.encode()).hexdigest()[:12]}"
