"""Which core does what: the measured server has one to itself, everything else shares another."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

CORES = sorted(os.sched_getaffinity(0))
LOAD_CORE = CORES[0]
SERVER_CORE = CORES[-1]


def take_load_core() -> None:
    """Keep this process, and what it starts from now on, on the load's core."""
    os.sched_setaffinity(0, {LOAD_CORE})


@contextmanager
def on_server_core() -> Iterator[None]:
    """Start processes on the server's core; what is started inherits it, with all its threads."""
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        yield
    finally:
        take_load_core()


def allow_many_files() -> None:
    """Raise the number of open files, here and in what is started, as far as it goes."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
