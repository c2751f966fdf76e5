"""Why a file or folder cannot be written, in sentences for the operator."""

import errno
import os
import pwd
import tempfile
from pathlib import Path

REMEDIES = {
    errno.ENOSPC: "Make room on that disk.",
    errno.EDQUOT: "Make room on that disk.",
    errno.EFBIG: "Let this process write larger files (ulimit -f, or LimitFSIZE in systemd).",
    errno.EROFS: "Mount that disk for writing, or choose another place.",
    errno.EMFILE: "Let this process open more files (ulimit -n, or LimitNOFILE in systemd).",
    errno.ENFILE: "Let this system open more files (fs.file-max).",
}


def refusal_to_write(path: Path, setting: str) -> str | None:
    """Return why nothing can be stored in or at `path`, and what to do; None where it can be.

    A file that is there is not opened: closing it would release SQLite's locks in this process.
    `setting` is the variable with which the operator chooses another place.
    """
    try:
        _try_to_write(path)
    except OSError as error:
        return sentence_about(path, error, setting)
    return None


def _try_to_write(path: Path) -> None:
    if path.is_dir():
        with tempfile.TemporaryFile(dir=path):
            pass
    elif not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        # Only the system knows whether it is a matter of rights or of the disk.
        os.utime(path)
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def sentence_about(path: Path, error: OSError, setting: str) -> str:
    """Return what is the matter with a path, whose it is where that matters, and what to do."""
    there = nearest(path)
    kind = "written" if there == path and not path.is_dir() else "written in"
    fault = f"{path} cannot be {kind} ({error.strerror})"
    if error.errno in REMEDIES:
        return f"{fault}. {REMEDIES[error.errno]}"
    owner, me = owner_of(there), name_of(os.geteuid())
    whose = "it" if there == path else there
    if error.errno not in (errno.EACCES, errno.EPERM):
        return f"{fault}: set {setting} to where it can."
    if owner == me:
        return f"{fault}: {whose} belongs to {owner}, who lacks the right (chmod u+rwX {there})."
    return (
        f"{fault}: {whose} belongs to {owner}, and this runs as {me}. Run it as {owner}, "
        f"{_gift(path, there, me)}or set {setting} to another place."
    )


def _gift(path: Path, there: Path, me: str) -> str:
    """Return how a path becomes somebody's, but for a folder of the system, like /etc."""
    if there != path:
        return f"make the folder for {me} (install -d -o {me}), "
    if holds_other_folders(path):
        return ""
    return f"give {path} to {me} (chown -R {me}), "


def holds_other_folders(folder: Path) -> bool:
    """Return whether there is a folder in it that is not the site's, as far as one may look."""
    try:
        return any(
            each.is_dir() and not each.name.startswith("static") for each in folder.iterdir()
        )
    except OSError:
        return False


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
