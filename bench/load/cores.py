"""CPU affinity: the measured server has one core to itself, everything else shares another."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

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


def move_to_server_core(pid: int) -> None:
    """Move a process, its children and their threads to the server's core: one that another forked
    inherits nothing from here. One that ends meanwhile needs none."""
    process = psutil.Process(pid)
    for each in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            for thread in each.threads():
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(thread.id, {SERVER_CORE})


@contextmanager
def busy_process() -> Iterator[None]:
    """Run a process that computes without a pause, on the server's core.

    The server competes with it for each turn, and gets half of the core at most.
    """
    with on_server_core():
        process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def allow_many_files() -> None:
    """Raise the limit of open files to its maximum, here and in the processes started."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
