"""The committer acknowledges a batch before it publishes what is new in it."""

import asyncio
from types import SimpleNamespace
from unittest import IsolatedAsyncioTestCase

import pytest
from django.utils import timezone

from chat.live.committer import Committer
from chat.log import Receipt
from chat.rules.errors import ChatError, not_found

NOW = timezone.now()


class FeedSpy:
    """Notes what it is asked, in the order of the calls."""

    def __init__(self, calls: list):
        self.publish_changes = lambda receipts: calls.append(("publish", list(receipts)))
        self.notice_version = lambda room_id, version: calls.append(("notice", room_id, version))
        self.on_changes_elsewhere = []


class FinishTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.calls = []
        self.committer = Committer(FeedSpy(self.calls), None)
        self.addAsyncCleanup(self.committer.stop)

    async def outcomes_of(self, *outcomes) -> None:
        """Commit as many writes of room 7, which have these outcomes."""
        self.committer.writes.work = lambda writes: list(outcomes)
        acknowledged = asyncio.Event()
        for _ in outcomes:
            write = SimpleNamespace(room_id=7)
            self.committer.submit_write(write, lambda o: self.calls.append(("ack", o)))
        self.committer.writes._loop.call_soon(acknowledged.set)
        await acknowledged.wait()
        await self.committer.writes.stop()

    async def test_each_write_is_acknowledged_then_the_new_are_published(self):
        one, two = (Receipt(n, n, NOW, object(), object()) for n in (1, 2))
        refusal = not_found()
        await self.outcomes_of(one, refusal, two)
        acks = [("ack", one), ("ack", refusal), ("ack", two)]
        assert self.calls == [*acks, ("publish", [one, two])]

    async def test_a_repeat_is_not_published_but_its_version_noticed(self):
        repeat = Receipt(1, 9, NOW)
        await self.outcomes_of(repeat)
        assert self.calls == [("ack", repeat), ("notice", 7, 9), ("publish", [])]

    async def test_a_refused_write_raises_for_who_awaits_it(self):
        self.committer.writes.work = lambda writes: [not_found()]
        with pytest.raises(ChatError, match="does not exist"):
            await self.committer.commit_write(SimpleNamespace(room_id=7))
