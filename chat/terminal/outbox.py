"""What was typed and not acknowledged yet."""

import asyncio
from secrets import token_hex


class Outbox:
    """Texts on their way, one at a time and in order, again until each is acknowledged.

    Each has an id of its own, so sending it twice is no harm.
    """

    def __init__(self):
        self._waiting: dict[str, str] = {}
        self._number = 0
        self._session = token_hex(8)
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, body: str) -> bool:
        """Take a text; tell whether it is the first."""
        self._number += 1
        self._waiting[f"{self._session}-{self._number}"] = body
        self._empty.clear()
        return len(self._waiting) == 1

    def first(self) -> tuple[str, str] | None:
        """Give the id and the text to send next; None where nothing waits."""
        return next(iter(self._waiting.items()), None)

    def done(self, message_id: str | None) -> bool:
        """Forget a text: it is kept by the server, or never will be. Tell whether it waited."""
        waited = self._waiting.pop(message_id, None) is not None
        if not self._waiting:
            self._empty.set()
        return waited

    async def emptied(self) -> None:
        """Wait until nothing waits."""
        await self._empty.wait()
