"""A server in its own event loop, whose consumers are sent one frame after another."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

from channels.layers import channel_layers
from django.test import override_settings

from chat.live import server


class Warnings(logging.Handler):
    """A handler that collects records of warnings and worse in `logged`."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.logged: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.logged.append(self.format(record))


@contextmanager
def captured_warnings():
    """Collect the warnings that the server logs."""
    handler = Warnings()
    loggers = [logging.getLogger(name) for name in ("", "chat", "django", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield handler.logged
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


class Target:
    """A consumer under test, and what to send it; `logged` are the server's warnings."""

    def __init__(self, logged: list[str], stack: AsyncExitStack):
        self.logged, self.stack = logged, stack

    async def open(self) -> None:
        """Connect clients, which stay until `stack` ends."""

    async def send(self, frame) -> None:
        """Send a frame, and check all that follows from it."""


@contextmanager
def running_target(target: type[Target]) -> Iterator[Callable[..., None]]:
    """Yield a function that sends a frame to a target, and fails if the server logs a warning."""
    with captured_warnings() as logged, asyncio.Runner() as runner, no_limits():
        stack = AsyncExitStack()
        opened = None

        def send(frame) -> None:
            nonlocal opened
            if opened is None:
                # Not before: until its first frame hypothesis prepares for seconds, in which the
                # event loop would stand still, and the server take its channel layer for silent.
                opened = target(logged, stack)
                runner.run(opened.open())
            runner.run(opened.send(frame))
            assert not logged, logged

        try:
            yield send
        finally:
            runner.run(stack.aclose())
            runner.run(server.stop())
            channel_layers.backends.clear()


def no_limits():
    return override_settings(CHAT_RATE_LIMITS=False)
