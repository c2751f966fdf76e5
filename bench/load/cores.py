"""CPU affinity: the measured server has one core to itself, everything else shares another."""

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
    """Start processes on the server's core: they and their threads inherit it."""
    os.sched_setaffinity(0, {SERVER_CORE})
    try:
        yield
    finally:
        take_load_core()


def allow_many_files() -> None:
    """Raise the limit of open files to its maximum, here and in the processes started."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
