"""Threads for database work alone, so that it never waits for anybody else's.

Django keeps a connection for each thread. Channels' own `database_sync_to_async` runs everything
in one shared thread: one slow query there delays every connection's frames.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, connections

from chat.rules.errors import unavailable
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

# For whoever asks the database: in an outage everybody does, and it is one kind of line.
SILENCE = Notice(logger, "The database did not answer: %s")

T = TypeVar("T")


class DatabaseThreads:
    """A few threads, each with a database connection that it keeps.

    Not a ThreadPoolExecutor: a call through that took 0.13 ms there and back, and takes 0.08 ms
    through a SimpleQueue. A message waits for it.
    """

    def __init__(self, name: str, size: int):
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            Thread(target=self._work, name=f"chat-{name}-{number}", daemon=True)
            for number in range(size)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, function: Callable[..., T], *args) -> T:
        """Call `function(*args)` in one of the threads; return or raise what it does.

        It is not called when this is cancelled before its turn.
        """
        loop = asyncio.get_running_loop()
        future = loop.create_future()

        def work() -> None:
            if future.cancelled():
                return
            try:
                result = _with_usable_connection(function, args)
            except BaseException as error:
                loop.call_soon_threadsafe(_settle, future.set_exception, error, future)
            else:
                loop.call_soon_threadsafe(_settle, future.set_result, result, future)

        self._jobs.put(work)
        return await future

    def run_then(self, function: Callable[..., T], *args, then: Callable[[T], None]) -> None:
        """Call `function(*args)`, which must not raise, in one of the threads, and `then(result)`
        in the event loop."""
        loop = asyncio.get_running_loop()

        def work() -> None:
            loop.call_soon_threadsafe(then, _with_usable_connection(function, args))

        self._jobs.put(work)

    def close(self) -> None:
        """Finish the calls that were made, close every thread's connection, end the threads."""
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while job := self._jobs.get():
            try:
                job()
            except Exception:
                # Such as a result for an event loop that is closed. Others' calls go on.
                logger.exception("Database work could not be finished")
            # Its arguments must not stay in memory until the next call.
            del job
        connections.close_all()


def _settle(settle: Callable, outcome, future: asyncio.Future) -> None:
    """Call a setter of a future, unless the future was cancelled meanwhile."""
    if not future.done():
        settle(outcome)


def _with_usable_connection(function, args):
    try:
        return function(*args)
    finally:
        connection = connections[DEFAULT_DB_ALIAS]
        if connection.errors_occurred:
            # One that cannot even be closed is dropped all the same.
            with suppress(Error):
                connection.close_if_unusable_or_obsolete()


@contextmanager
def database_errors_as_unavailable() -> Iterator[None]:
    """Raise ChatError `unavailable` in place of the database's errors."""
    try:
        yield
    except Error as error:
        SILENCE.warn(error)
        raise unavailable() from error
