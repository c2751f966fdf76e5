"""Sentences for the operator about files and folders that cannot be written."""

import errno
import os
import pwd
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "Make room on that disk.",
    errno.EDQUOT: "Make room on that disk.",
    errno.EROFS: "Mount that disk for writing, or choose another place.",
    errno.EMFILE: "Let this process open more files (ulimit -n, or LimitNOFILE in systemd).",
    errno.ENFILE: "Let this system open more files (fs.file-max).",
}


def sentence_about(path: Path, error: OSError, setting: str) -> str:
    """Return what is the matter with a path, whose it is where that matters, and what to do."""
    kind = "written in" if path.is_dir() or not path.exists() else "written"
    fault = f"{path} cannot be {kind} ({error.strerror})"
    if error.errno in REMEDIES:
        return f"{fault}. {REMEDIES[error.errno]}"
    there = nearest(path)
    owner, me = owner_of(there), name_of(os.geteuid())
    whose = "it" if there == path else there
    if owner == me or error.errno not in (errno.EACCES, errno.EPERM):
        return f"{fault}: set {setting} to where it can."
    return (
        f"{fault}: {whose} belongs to {owner}, and this runs as {me}. Run it as {owner}, "
        f"give {there} to {me} (chown -R {me}), or set {setting} to another place."
    )


def nearest(path: Path) -> Path:
    """Return the path, or the nearest folder above it that is there."""
    return next((folder for folder in (path, *path.parents) if _exists(folder)), path)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def owner_of(path: Path) -> str:
    """Return the name of the user whom a path belongs to."""
    return name_of(path.stat().st_uid)


def name_of(user: int) -> str:
    """Return a user's name, or their number where the system has no name for it."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
