"""Gather what comes while the last batch is under way; never wait for company when idle.

A durable write costs mostly its flush to the disk, which a batch pays once.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from django.db import DataError, Error, IntegrityError

from chat.live.threads import DatabaseThreads
from chat.rules.errors import ChatError, unavailable

logger = logging.getLogger(__name__)

MAX_BATCH = 256
MAX_WAITING = 10_000
# Seconds that the end of a process waits for what was submitted.
PATIENCE = 2.0

Outcome = Any
Item = tuple[Any, Callable[[Outcome], None]]


class Batcher:
    """Hands items, in order, to `work`, which gives an outcome for each of a batch.

    `work` runs in one of `threads`; `done` hears the outcomes of a batch, after each item's own
    answer. Where the database fails, the outcome is ChatError `unavailable`.
    """

    def __init__(
        self,
        threads: DatabaseThreads,
        work: Callable[[Sequence], Sequence[Outcome]],
        done: Callable[[Sequence[Outcome]], None] = lambda outcomes: None,
    ):
        self._threads = threads
        self._work = work
        self._done = done
        self._waiting: deque[Item] = deque()
        self._under_way = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._loop = asyncio.get_running_loop()

    def submit(self, item: Any, answer: Callable[[Outcome], None]) -> None:
        """Take an item; call `answer` with its outcome."""
        if len(self._waiting) >= MAX_WAITING:
            answer(unavailable())
            return
        self._waiting.append((item, answer))
        if not self._under_way:
            self._under_way = True
            self._idle.clear()
            # What else came in the same moment goes along.
            self._loop.call_soon(self._start)

    async def outcome(self, item: Any) -> Outcome:
        """Take an item, and give its outcome when it is there. Raises one that is a ChatError."""
        future = self._loop.create_future()
        self.submit(item, lambda outcome: future.done() or future.set_result(outcome))
        outcome = await future
        if isinstance(outcome, ChatError):
            raise outcome
        return outcome

    def _start(self) -> None:
        size = min(MAX_BATCH, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        # By callbacks, not as a task: one message alone waits for fewer turns of the loop.
        self._threads.call(
            self._outcomes, [item for item, _ in batch], then=lambda o: self._finish(batch, o)
        )

    def _finish(self, batch: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
        for (_, answer), outcome in zip(batch, outcomes, strict=True):
            try:
                answer(outcome)
            except Exception:
                # What one cannot take must not cost the others their answers.
                logger.exception("An answer could not be given")
        try:
            self._done(outcomes)
        except Exception:
            logger.exception("What was written could not be told")
        if self._waiting:
            self._start()
        else:
            self._under_way = False
            self._idle.set()

    def _outcomes(self, items: Sequence) -> Sequence[Outcome]:
        """Work on the items; on each alone, when one of them spoils the batch for all."""
        try:
            return self._work(items)
        except (IntegrityError, DataError) as error:
            logger.warning("A batch of %d was refused: %s", len(items), error)
            if len(items) > 1:
                return [self._outcomes([item])[0] for item in items]
        except Error as error:
            # Whether it was stored is not known; sending the same again finds out.
            logger.warning("A batch of %d could not be written: %s", len(items), error)
        except Exception:
            logger.exception("A batch of %d could not be written", len(items))
        return [unavailable()] * len(items)

    async def stop(self) -> None:
        """Finish what was submitted, where the database takes it in time.

        What it does not take is answered, so never acknowledged: a batch could take 30 s, and the
        next as long, while who stops the process counts the seconds.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._idle.wait()
        while self._waiting:
            _, answer = self._waiting.popleft()
            answer(unavailable())
