"""One process's way into the log: what its connections send, a batch in each transaction.

While one transaction is under way the next batch gathers; nothing waits for company when idle.
A durable write costs mostly its flush to the disk, which a batch pays once.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from django.db import DatabaseError, DataError, IntegrityError

from chat import log
from chat.database import DatabaseThreads
from chat.errors import ChatError, unavailable
from chat.feed import Feed
from chat.log import Draft, Receipt

logger = logging.getLogger(__name__)

MAX_BATCH = 256
MAX_WAITING = 10_000

Answer = Callable[[Receipt | ChatError], None]


class Committer:
    """Takes drafts, commits them in order, answers each, and hands the new ones to the feed."""

    def __init__(self, feed: Feed):
        self._feed = feed
        self._writer = DatabaseThreads("committer", 1)
        self._waiting: deque[tuple[Draft, Answer]] = deque()
        self._task: asyncio.Task | None = None

    def submit(self, draft: Draft, answer: Answer) -> None:
        """Take a draft; call `answer` once it is committed or refused.

        Drafts of one sender are committed in the order in which they are submitted.
        """
        if len(self._waiting) >= MAX_WAITING:
            answer(unavailable())
            return
        self._waiting.append((draft, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._waiting:
                size = min(MAX_BATCH, len(self._waiting))
                batch = [self._waiting.popleft() for _ in range(size)]
                await self._commit(batch)
        finally:
            self._task = None

    async def _commit(self, batch: Sequence[tuple[Draft, Answer]]) -> None:
        outcomes = await self._outcomes([draft for draft, _ in batch])
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            answer(outcome)
        self._feed.committed(
            outcome.message
            for outcome in outcomes
            if isinstance(outcome, Receipt) and not outcome.duplicate
        )

    async def _outcomes(self, drafts: Sequence[Draft]) -> Sequence[Receipt | ChatError]:
        """Write the drafts; alone, each, when one of them spoils the batch for all."""
        try:
            return await self._writer.run(log.append, drafts)
        except (IntegrityError, DataError) as error:
            logger.warning("A batch of %d messages was refused: %s", len(drafts), error)
            if len(drafts) == 1:
                return [unavailable()]
            return [(await self._outcomes([draft]))[0] for draft in drafts]
        except DatabaseError as error:
            # Whether it was stored is not known; sending the same id again finds out.
            logger.warning("%d messages could not be written: %s", len(drafts), error)
        except Exception:
            logger.exception("%d messages could not be written", len(drafts))
        return [unavailable()] * len(drafts)

    async def stop(self) -> None:
        """Finish what was submitted, then let go of the database."""
        if self._task is not None:
            await self._task
        await asyncio.to_thread(self._writer.close)
