"""What one process of a test run makes and all use: pytest-xdist runs the tests in several."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

GLANCE = 0.05
VARIABLE = "CHAT_TESTS_SHARED"


def begin() -> None:
    """Make the folder that this run shares; the processes it starts inherit its name."""
    folder = tempfile.mkdtemp(prefix="chatsite-tests-")
    # For those who run as another user and know the name of what is theirs, such as PostgreSQL.
    Path(folder).chmod(0o711)
    os.environ[VARIABLE] = folder


def end() -> None:
    """Remove the shared folder."""
    shutil.rmtree(os.environ.pop(VARIABLE), ignore_errors=True)


def once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the shared folder `name`; the first process that asks fills it by `make`.

    The others wait. Where `make` raises, the next one tries again.
    """
    folder = Path(os.environ[VARIABLE], name)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            draft = Path(tempfile.mkdtemp(dir=folder.parent))
            draft.chmod(0o755)
            make(draft)
            draft.rename(folder)
    return folder


@contextmanager
def turn(name: str, at_once: int) -> Iterator[None]:
    """Yield while one of so many turns of a name is held; other processes wait for theirs."""
    files = [Path(os.environ[VARIABLE], f"{name}-{number}.lock") for number in range(at_once)]
    while not (held := next(filter(None, map(_locked, files)), None)):
        time.sleep(GLANCE)
    with held:
        yield


def _locked(path: Path) -> TextIO | None:
    """Return a file that is locked now, None where another process has locked it."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
