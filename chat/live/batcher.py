"""Gather items while the last batch is under way; never wait for company when idle.

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
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

# Seconds in which clients that arrive are one batch, however soon the last one is done. Creating
# guests costs 0.7 ms however many they are, and of 3,000 who came at once three shared a batch
# ("connections" in bench/).
CROWD_EVERY = 0.02
MAX_BATCH = 256
MAX_WAITING = 10_000
# Seconds between tries of what has to be stored, and how many there are.
TRY_EVERY, MAX_TRIES = 1.0, 60
# Seconds that the end of a process waits for the items that were added.
STOP_TIMEOUT = 2.0

Outcome = Any
Callback = Callable[[Outcome], None]
Item = tuple[Any, Callback]


def acknowledge_each(batch: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
    """Call each item's callback with its outcome."""
    for (_, on_outcome), outcome in zip(batch, outcomes, strict=True):
        call_back(on_outcome, outcome)


def call_back(on_outcome: Callback, outcome: Outcome) -> None:
    """Call a callback; an error of one must not cost the others theirs."""
    try:
        on_outcome(outcome)
    except Exception:
        logger.exception("A callback failed")


async def outcome_of(submit: Callable[[Any, Callback], None], item: Any) -> Outcome:
    """Submit an item, and return its outcome. Raises an outcome that is a ChatError."""
    future = asyncio.get_running_loop().create_future()
    submit(item, lambda outcome: future.done() or future.set_result(outcome))
    outcome = await future
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def keep_trying(
    submit: Callable[[Callback], None],
    on_outcome: Callback,
    is_wanted: Callable[[], bool] = lambda: True,
) -> None:
    """Call `submit` with a callback, again after a pause where the database did not take it and it
    is still wanted; then call `on_outcome` with the outcome.

    For what nobody would send again, and what may be stored twice.
    """
    tries = 1

    def finish(outcome: Outcome) -> None:
        is_away = isinstance(outcome, ChatError) and outcome.code == "unavailable"
        if is_away and tries < MAX_TRIES and is_wanted():
            asyncio.get_running_loop().call_later(TRY_EVERY, try_again, outcome)
        else:
            on_outcome(outcome)

    def try_again(outcome: Outcome) -> None:
        nonlocal tries
        tries += 1
        if is_wanted():
            submit(finish)
        else:
            on_outcome(outcome)

    submit(finish)


class Batcher:
    """Passes items, in order, to `work`, which returns an outcome for each of a batch.

    `work` runs in one of `threads`; `finish` gets the batch, (item, callback) each, and its
    outcomes in the event loop. Where the database fails, the outcome is ChatError `unavailable`.
    A batch begins `every` so many seconds at most, or at once after another where as much waits as
    is one: the first item of a crowd is worked on at once, and what comes soon after it together.
    """

    def __init__(
        self,
        threads: DatabaseThreads,
        work: Callable[[Sequence], Sequence[Outcome]],
        finish: Callable[[Sequence[Item], Sequence[Outcome]], None] = acknowledge_each,
        every: float = 0,
    ):
        self.work = work
        self._every = every
        self._failure = Notice(logger, "A batch of %d could not be written: %s")
        self._next_start = 0.0
        self._threads = threads
        self._finish = finish
        self._waiting: deque[Item] = deque()
        self._under_way = False
        self._idle = asyncio.Event()
        self._idle.set()
        # How many items were added, and how many of them have their outcomes.
        self._added = self._ended = 0
        self._flushes: deque[tuple[int, asyncio.Future]] = deque()
        self._loop = asyncio.get_running_loop()

    def add_item(self, item: Any, on_outcome: Callback) -> None:
        """Queue an item; call `on_outcome` with its outcome."""
        if len(self._waiting) >= MAX_WAITING:
            on_outcome(unavailable())
            return
        self._waiting.append((item, on_outcome))
        self._added += 1
        if not self._under_way:
            self._under_way = True
            self._idle.clear()
            self._schedule_batch()

    async def outcome_of(self, item: Any) -> Outcome:
        """Queue an item, and return its outcome. Raises an outcome that is a ChatError."""
        return await outcome_of(self.add_item, item)

    def flushed(self) -> asyncio.Future | None:
        """Return a future that is done once all items that were added have their outcomes, None
        where they have."""
        if not self._under_way:
            return None
        future = self._loop.create_future()
        self._flushes.append((self._added, future))
        return future

    async def flush(self) -> None:
        """Wait until all items that were added have their outcomes."""
        if future := self.flushed():
            await future

    def _schedule_batch(self) -> None:
        if self._every and len(self._waiting) < MAX_BATCH:
            self._loop.call_at(self._next_start, self._start_batch)
        else:
            # What else comes in the same turn of the event loop is included.
            self._loop.call_soon(self._start_batch)

    def _start_batch(self) -> None:
        self._next_start = self._loop.time() + self._every
        size = min(MAX_BATCH, len(self._waiting))
        batch = [self._waiting.popleft() for _ in range(size)]
        # By callbacks, not as a task: a single message waits for fewer turns of the loop.
        self._threads.run_then(
            self._work_on, [item for item, _ in batch], then=lambda o: self._end_batch(batch, o)
        )

    def _end_batch(self, batch: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
        try:
            self._finish(batch, outcomes)
        except Exception:
            logger.exception("A batch could not be finished")
        self._note_ended(len(batch))
        if not self._waiting:
            self._under_way = False
            self._idle.set()
        elif self._every:
            self._schedule_batch()
        else:
            self._start_batch()

    def _note_ended(self, count: int) -> None:
        self._ended += count
        while self._flushes and self._flushes[0][0] <= self._ended:
            _, future = self._flushes.popleft()
            if not future.done():
                future.set_result(None)

    def _work_on(self, items: Sequence) -> Sequence[Outcome]:
        """Work on the items; on each alone, when one of them spoils the batch for all."""
        try:
            return self.work(items)
        except (IntegrityError, DataError) as error:
            logger.warning("A batch of %d was refused: %s", len(items), error)
            if len(items) > 1:
                return [self._work_on([item])[0] for item in items]
        except Error as error:
            # Whether it was stored is not known; sending the same again finds out.
            self._failure.warn(len(items), error)
        except Exception:
            logger.exception("A batch of %d could not be written", len(items))
        return [unavailable()] * len(items)

    async def stop(self) -> None:
        """Finish the items that were added, where the database takes them in time.

        The others are refused, so never acknowledged: a batch could take 30 s, and the next as
        long, while whoever stops the process counts the seconds.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT):
                await self._idle.wait()
        while self._waiting:
            _, on_outcome = self._waiting.popleft()
            call_back(on_outcome, unavailable())
            self._note_ended(1)
