"""Which versions of SQLite may lose what was committed."""

Version = tuple[int, ...]

FIXED_IN = (3, 51, 3)
# Older releases that have got the fix as well, up to the next minor release.
BACKPORTS = ((3, 44, 6), (3, 50, 7))


def has_wal_reset_bug(version: Version) -> bool:
    """Return whether a version of SQLite has the fault that https://sqlite.org/wal.html describes.

    With WAL, when two connections run a checkpoint one right after the other and a third commits
    at that moment, a commit may be lost or the file be damaged: from 3.7.0, which brought WAL, to
    3.51.2.
    """
    has_backport = any(version[:2] == fixed[:2] and version >= fixed for fixed in BACKPORTS)
    return (3, 7) <= version < FIXED_IN and not has_backport
