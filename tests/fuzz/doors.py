"""A server in an event loop of its own, at whose doors frame after frame is thrown."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager

from channels.layers import channel_layers
from django.test import override_settings

from chat.live import server


class Complaints(logging.Handler):
    """All that the server warns of, or worse."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))


@contextmanager
def complaints():
    """Hear what the server logs."""
    handler = Complaints()
    loggers = [logging.getLogger(name) for name in ("", "chat", "django", "asyncio")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        yield handler.heard
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


class Door:
    """A door, with what is to happen there; `heard` are the server's complaints."""

    def __init__(self, heard: list[str], stack: AsyncExitStack):
        self.heard, self.stack = heard, stack

    async def open(self) -> None:
        """Let people in, who stay until `stack` ends."""

    async def take(self, frame) -> None:
        """Throw a frame, and look at all that comes of it."""


@contextmanager
def throwing(door: type[Door]) -> Iterator[Callable[..., None]]:
    """Give a function that throws a frame at a door, and fails if the server complains."""
    with complaints() as heard, asyncio.Runner() as runner, no_limits():
        stack = AsyncExitStack()
        opened = door(heard, stack)
        runner.run(opened.open())

        def throw(frame) -> None:
            runner.run(opened.take(frame))
            assert not heard, heard

        try:
            yield throw
        finally:
            runner.run(stack.aclose())
            runner.run(server.stop())
            channel_layers.backends.clear()


def no_limits():
    return override_settings(CHAT_RATE_LIMITS=False)
