"""Tasks that nobody awaits: kept until they are done, and cancelled together."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial

OnError = Callable[[BaseException], None]


class BackgroundTasks:
    """Runs coroutines as tasks."""

    __slots__ = ("_tasks",)

    def __init__(self):
        # Every connection has one, mostly without a task: an empty frozenset takes no memory.
        self._tasks: frozenset[asyncio.Task] = frozenset()

    def run(self, work: Coroutine, on_error: OnError) -> None:
        """Start a coroutine; `on_error` gets its exception if it fails.

        It is kept by the task, not here: an owner whose method it is would be in a reference
        cycle, and its memory wait for the garbage collection.
        """
        task = asyncio.create_task(work)
        # The event loop itself keeps weak references only.
        self._tasks |= {task}
        task.add_done_callback(partial(self._on_done, on_error))

    def _on_done(self, on_error: OnError, task: asyncio.Task) -> None:
        self._tasks -= {task}
        if not task.cancelled() and (error := task.exception()):
            on_error(error)

    def cancel(self) -> None:
        """Cancel what is under way."""
        for task in self._tasks:
            task.cancel()

    async def stop(self) -> None:
        """Cancel what is under way, and wait for its end."""
        tasks = self._tasks
        self.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
