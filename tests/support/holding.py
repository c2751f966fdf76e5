"""Holding a function back in the threads that call it, to see what happens meanwhile."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from unittest import mock

DEADLINE = 5  # seconds a thread is held at most


class Hold:
    """The calls that are held back, and the word that lets them go on."""

    def __init__(self):
        self._held = threading.Semaphore(0)
        self._go_on = threading.Event()

    async def reached(self) -> None:
        """Wait until one more call is held."""
        assert await asyncio.to_thread(self._held.acquire, timeout=DEADLINE), "It was not called."

    def release(self) -> None:
        """Let all calls go on."""
        self._go_on.set()

    def wait(self) -> None:
        """Be held, as a call."""
        self._held.release()
        assert self._go_on.wait(DEADLINE), "It was never let go."


@contextmanager
def holding(module: str, name: str, *, when_done: bool = False) -> Iterator[Hold]:
    """Hold each call of a function before it does anything, or when it has done all it does."""
    hold, function = Hold(), getattr(import_module(module), name)

    def held(*args):
        if not when_done:
            hold.wait()
        result = function(*args)
        if when_done:
            hold.wait()
        return result

    with mock.patch(f"{module}.{name}", held):
        try:
            yield hold
        finally:
            hold.release()
