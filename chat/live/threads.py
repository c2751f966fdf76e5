"""Threads for database work alone, so that it never waits for anybody else's.

Django keeps a connection for each thread. Channels' own `database_sync_to_async` runs everything
in one shared thread: one slow query there delays every connection's frames.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import Error, connections

from chat.rules.errors import unavailable

logger = logging.getLogger(__name__)

T = TypeVar("T")


class DatabaseThreads:
    """A few threads, each with a database connection that it keeps."""

    def __init__(self, name: str, size: int):
        self._size = size
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=f"chat-{name}")

    async def run(self, function: Callable[..., T], *args) -> T:
        """Call `function(*args)` in one of the threads; return or raise what it does."""
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, _with_usable_connection, function, args
        )

    def run_then(self, function: Callable[..., T], *args, then: Callable[[T], None]) -> None:
        """Call `function(*args)`, which must not raise, in one of the threads, and `then(result)`
        in the event loop."""
        loop = asyncio.get_running_loop()

        def work() -> None:
            loop.call_soon_threadsafe(then, _with_usable_connection(function, args))

        self._executor.submit(work)

    def close(self) -> None:
        """Finish what runs, close every thread's connection, end the threads."""
        # The barrier makes each thread take exactly one of these.
        everyone = threading.Barrier(self._size)
        for _ in range(self._size):
            self._executor.submit(_close_connections, everyone)
        self._executor.shutdown(wait=True)


def _with_usable_connection(function, args):
    try:
        return function(*args)
    finally:
        for connection in connections.all(initialized_only=True):
            if connection.errors_occurred:
                # One that cannot even be closed is dropped all the same.
                with suppress(Error):
                    connection.close_if_unusable_or_obsolete()


def _close_connections(everyone: threading.Barrier) -> None:
    everyone.wait(timeout=10)
    connections.close_all()


@contextmanager
def database_errors_as_unavailable() -> Iterator[None]:
    """Raise ChatError `unavailable` in place of the database's errors."""
    try:
        yield
    except Error as error:
        logger.warning("The database did not answer: %s", error)
        raise unavailable() from error
