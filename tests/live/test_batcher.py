"""What is one batch; and stopping while the database hangs: what was not taken is refused."""

import asyncio
import threading
from unittest import IsolatedAsyncioTestCase, mock

import pytest
from django.db import OperationalError

from chat.live.batcher import Batcher, keep_trying
from chat.live.threads import DatabaseThreads
from chat.rules.errors import ChatError, not_found, unavailable


class StoppingTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.written, self.begun, self.go_on = [], threading.Event(), threading.Event()
        self.threads = DatabaseThreads("batcher-test", 1)
        self.batcher = Batcher(self.threads, self.work)

    async def asyncTearDown(self):
        self.go_on.set()
        await asyncio.to_thread(self.threads.close)

    def work(self, items):
        self.begun.set()
        assert self.go_on.wait(10)
        self.written += items
        return items

    async def submit(self, *items: str) -> list[asyncio.Task]:
        """Submit items; the first is being written when this returns."""
        outcomes = [asyncio.create_task(self.batcher.outcome_of(item)) for item in items[:1]]
        await asyncio.to_thread(self.begun.wait, 5)
        outcomes += [asyncio.create_task(self.batcher.outcome_of(item)) for item in items[1:]]
        await asyncio.sleep(0)
        return outcomes

    async def test_stopping_finishes_what_was_submitted(self):
        outcomes = await self.submit("one", "two", "three")
        self.go_on.set()
        await self.batcher.stop()
        assert [outcome.result() for outcome in outcomes] == ["one", "two", "three"]

    async def test_stopping_refuses_what_a_hanging_database_has_not_taken(self):
        first, *others = await self.submit("one", "two", "three")
        with mock.patch("chat.live.batcher.STOP_TIMEOUT", 0.05):
            await asyncio.wait_for(self.batcher.stop(), 5)
        outcomes = await asyncio.gather(*others, return_exceptions=True)
        assert [o.code for o in outcomes if isinstance(o, ChatError)] == ["unavailable"] * 2
        self.go_on.set()
        assert await first == "one"
        assert self.written == ["one"]

    async def test_a_flush_waits_for_all_that_was_added_before_it_and_no_more(self):
        await self.submit("one", "two")
        flush = asyncio.create_task(self.batcher.flush())
        await asyncio.sleep(0)
        self.batcher.add_item("three", lambda outcome: self.begun.clear() or self.go_on.clear())
        assert not flush.done()
        self.go_on.set()
        await asyncio.wait_for(flush, 5)
        assert self.written[:2] == ["one", "two"]
        await self.batcher.flush()
        assert self.written == ["one", "two", "three"]
        await asyncio.wait_for(self.batcher.flush(), 5)

    async def test_a_flush_ends_with_what_was_refused_at_the_stop(self):
        await self.submit("one", "two", "three")
        flush = asyncio.create_task(self.batcher.flush())
        await asyncio.sleep(0)
        with mock.patch("chat.live.batcher.STOP_TIMEOUT", 0.05):
            await self.batcher.stop()
        self.go_on.set()
        await asyncio.wait_for(flush, 5)


class TryingTests(IsolatedAsyncioTestCase):
    """What has to be stored is submitted until the database takes it."""

    async def outcome(self, outcomes: list, **options) -> tuple:
        """Submit what has these outcomes; return the one that counts, and what is left of them."""
        found = asyncio.get_running_loop().create_future()
        keep_trying(lambda finish: finish(outcomes.pop(0)), found.set_result, **options)
        return await asyncio.wait_for(found, 5), outcomes

    async def test_it_ends_with_the_first_outcome_of_the_database(self):
        refused = not_found()
        with mock.patch("chat.live.batcher.TRY_EVERY", 0):
            assert await self.outcome([unavailable(), unavailable(), 7, 8]) == (7, [8])
            assert await self.outcome([unavailable(), refused, 8]) == (refused, [8])

    async def test_it_ends_some_time_and_where_nobody_wants_it(self):
        with mock.patch.multiple("chat.live.batcher", TRY_EVERY=0, MAX_TRIES=2):
            outcome, left = await self.outcome([unavailable(), unavailable(), 7])
            assert (outcome.code, left) == ("unavailable", [7])
            wanted = iter([True, False])
            options = {"is_wanted": lambda: next(wanted)}
            outcome, left = await self.outcome([unavailable(), 7], **options)
            assert (outcome.code, left) == ("unavailable", [7])


class PaceTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.batches: list[list] = []
        self.threads = DatabaseThreads("batcher-test", 1)

    async def asyncTearDown(self):
        await asyncio.to_thread(self.threads.close)

    def work(self, items):
        self.batches.append(list(items))
        return [not_found() if item == "bad" else item for item in items]

    async def outcomes(self, every: float) -> list:
        """Submit one item, and three more when it is done; return the outcomes of the three."""
        batcher = Batcher(self.threads, self.work, every=every)
        await batcher.outcome_of("first")
        later = []
        for item in ("one", "bad", "two"):
            later.append(asyncio.create_task(batcher.outcome_of(item)))
            await asyncio.sleep(0.001)
        return await asyncio.gather(*later, return_exceptions=True)

    async def test_the_first_of_a_crowd_does_not_wait_and_the_others_are_one_batch(self):
        await self.outcomes(every=0.2)
        assert self.batches == [["first"], ["one", "bad", "two"]]

    async def test_one_that_is_refused_leaves_the_others_of_its_batch_alone(self):
        one, bad, two = await self.outcomes(every=0.2)
        assert (one, bad.code, two) == ("one", "not_found", "two")

    async def test_a_full_batch_follows_the_last_at_once(self):
        batcher = Batcher(self.threads, self.work, every=30)
        items = ["one", "two", "three", "four"]
        with mock.patch("chat.live.batcher.MAX_BATCH", 2):
            await asyncio.wait_for(asyncio.gather(*map(batcher.outcome_of, items)), 10)
        assert self.batches == [["one", "two"], ["three", "four"]]

    async def test_after_a_pause_nobody_waits(self):
        batcher = Batcher(self.threads, self.work, every=0.01)
        await batcher.outcome_of("first")
        await asyncio.sleep(0.02)
        asked = asyncio.get_running_loop().time()
        with mock.patch.object(batcher, "_every", 30):
            await batcher.outcome_of("second")
        assert asyncio.get_running_loop().time() - asked < 10

    async def test_a_database_that_is_away_is_one_line_in_the_log(self):
        batcher = Batcher(self.threads, mock.Mock(side_effect=OperationalError("away")))
        with self.assertLogs("chat.live.batcher", "WARNING") as log:
            for item in range(3):
                with pytest.raises(ChatError):
                    await batcher.outcome_of(item)
        assert [record.getMessage() for record in log.records] == [
            "A batch of 1 could not be written: away"
        ]
