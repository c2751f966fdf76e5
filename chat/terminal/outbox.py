"""What was typed and is not acknowledged yet: messages, and changes of them."""

import asyncio
from secrets import token_hex
from typing import NamedTuple


class Queued(NamedTuple):
    """A command, and the epoch of the room's log that a seq in it is of."""

    id: str
    command: dict
    epoch: str | None


class Outbox:
    """A queue of commands, sent one at a time and in order, each until it is acknowledged.

    Each has an id of its own (an idempotency key), so that it can be sent again.
    """

    def __init__(self):
        self._queue: dict[str, Queued] = {}
        self._number = 0
        self._session = token_hex(8)
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, command: dict, epoch: str | None = None) -> bool:
        """Add a command; return whether it is the first."""
        self._number += 1
        key = f"{self._session}-{self._number}"
        self._queue[key] = Queued(key, command, epoch)
        self._empty.clear()
        return len(self._queue) == 1

    def first(self) -> Queued | None:
        """Return what to send next; None where the queue is empty."""
        return next(iter(self._queue.values()), None)

    def done(self, command_id: str | None) -> dict | None:
        """Remove and return a command that the server has stored or refused, if it was queued."""
        queued = self._queue.pop(command_id, None)
        if not self._queue:
            self._empty.set()
        return queued and queued.command

    async def wait_until_empty(self) -> None:
        """Wait until every command was stored or refused."""
        await self._empty.wait()
