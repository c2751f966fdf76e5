"""Database work in threads: results, errors, cancelled calls, the end."""

import asyncio
import threading
from unittest import IsolatedAsyncioTestCase

import pytest

from chat.live.threads import DatabaseThreads


class DatabaseThreadsTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.threads = DatabaseThreads("threads-test", 1)
        self.go_on = threading.Event()

    async def asyncTearDown(self):
        self.go_on.set()
        await asyncio.to_thread(self.threads.close)

    async def test_an_error_reaches_the_caller_and_the_thread_goes_on(self):
        with pytest.raises(ZeroDivisionError):
            await self.threads.run(lambda: 1 / 0)
        assert await self.threads.run(sum, [1, 2]) == 3

    async def test_a_call_that_is_cancelled_before_its_turn_is_not_made(self):
        made = []
        first = asyncio.create_task(self.threads.run(self.go_on.wait, 10))
        second = asyncio.create_task(self.threads.run(made.append, "second"))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait([second])
        self.go_on.set()
        assert await first
        await self.threads.run(made.append, "third")
        assert made == ["third"]

    async def test_closing_finishes_the_calls_that_were_made(self):
        results = []
        for number in range(3):
            self.threads.run_then(lambda value: value, number, then=results.append)
        await asyncio.to_thread(self.threads.close)
        await asyncio.sleep(0)
        assert results == [0, 1, 2]
