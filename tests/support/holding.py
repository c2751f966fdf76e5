"""Hold the calls of a function in their threads, to test what happens meanwhile."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from unittest import mock

DEADLINE = 5  # seconds a thread is held at most


class Hold:
    """The calls that are held, and the event that releases them."""

    def __init__(self):
        self._held = threading.Semaphore(0)
        self._go_on = threading.Event()

    async def reached(self) -> None:
        """Wait until one more call is held."""
        assert await asyncio.to_thread(self._held.acquire, timeout=DEADLINE), "It was not called."

    def release(self) -> None:
        """Release all calls."""
        self._go_on.set()

    def wait(self) -> None:
        """Block the calling thread until the release."""
        self._held.release()
        assert self._go_on.wait(DEADLINE), "It was never released."


@contextmanager
def holding(owner: Any, name: str, *, when_done: bool = False) -> Iterator[Hold]:
    """Delay each call of a function before it begins, or with `when_done` before it returns.

    `owner` is an object, or the name of a module.
    """
    owner = import_module(owner) if isinstance(owner, str) else owner
    hold, function = Hold(), getattr(owner, name)

    def held(*args):
        if not when_done:
            hold.wait()
        result = function(*args)
        if when_done:
            hold.wait()
        return result

    with mock.patch.object(owner, name, held):
        try:
            yield hold
        finally:
            hold.release()
