"""Messages that were typed and not acknowledged yet."""

import asyncio
from secrets import token_hex


class Outbox:
    """A queue of messages, sent one at a time and in order, each until it is acknowledged.

    Each has an id of its own (an idempotency key), so that it can be sent again.
    """

    def __init__(self):
        self._queue: dict[str, str] = {}
        self._number = 0
        self._session = token_hex(8)
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, body: str) -> bool:
        """Add a text; return whether it is the first."""
        self._number += 1
        self._queue[f"{self._session}-{self._number}"] = body
        self._empty.clear()
        return len(self._queue) == 1

    def first(self) -> tuple[str, str] | None:
        """Return the id and the text to send next; None where the queue is empty."""
        return next(iter(self._queue.items()), None)

    def done(self, message_id: str | None) -> bool:
        """Remove a text that the server has stored or refused; return whether it was queued."""
        was_queued = self._queue.pop(message_id, None) is not None
        if not self._queue:
            self._empty.set()
        return was_queued

    async def wait_until_empty(self) -> None:
        """Wait until every text was stored or refused."""
        await self._empty.wait()
