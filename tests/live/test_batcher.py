"""Stopping while the database hangs: what was not taken is refused, and nothing is waited for."""

import asyncio
import threading
from unittest import IsolatedAsyncioTestCase, mock

from chat.live.batcher import Batcher
from chat.live.threads import DatabaseThreads
from chat.rules.errors import ChatError


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
