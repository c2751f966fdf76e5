"""Databases that an earlier version put beside the folder that they belong into.

It took a path for a URL: below a folder `C# projects` the database was the file `C` beside it, and
all sites below that folder had the same one.
"""

import logging
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from django.conf import settings
from environ import Env

logger = logging.getLogger(__name__)

# What the start of an earlier version left in its own folder: a new clone has no database yet.
TRACES = ("setup.lock", "secret-key")


def take_over_cut_path(path: Path) -> None:
    """Copy the database of this site's earlier version to `path`, where there is nothing yet.

    The other file stays: another site may still use it.
    """
    source = cut_path(path)
    used_before = any((settings.DATA_DIR / name).exists() for name in TRACES)
    if source == path or not used_before or not source.is_file():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(draft)) as new:
        old.backup(new)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    logger.warning(
        "The database was %s, and is %s from now on, with all that it had.", source, path
    )


def cut_path(path: Path) -> Path:
    """Return where the earlier version had the database of `path`."""
    return Path(Env.db_url_config(f"sqlite:///{path}")["NAME"])
