"""One process's way into the database: what its connections send, and new guests, in batches.

One thread writes: on SQLite two would only wait for each other.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from chat import log
from chat.access import identity
from chat.access.identity import Guest
from chat.live.batcher import Batcher
from chat.live.feed import Feed
from chat.live.threads import DatabaseThreads
from chat.log import Draft, Receipt
from chat.rules.errors import ChatError


class Committer:
    """Commits drafts in order, answers each, and hands the new messages to the feed."""

    def __init__(self, feed: Feed):
        self._feed = feed
        self._writer = DatabaseThreads("committer", 1)
        self._messages = Batcher(self._writer, self._append, done=self._tell)
        self._guests = Batcher(self._writer, identity.create_guests)

    def submit(self, draft: Draft, answer: Callable[[Receipt | ChatError], None]) -> None:
        """Take a draft; call `answer` once it is committed or refused.

        Drafts of one sender are committed in the order in which they are submitted.
        """
        self._messages.submit(draft, partial(self._answer, draft.room_id, answer))

    def _answer(self, room_id: int, answer: Callable, outcome: Receipt | ChatError) -> None:
        answer(outcome)
        if isinstance(outcome, Receipt) and outcome.duplicate:
            # Perhaps nobody was told: its commit was the last that a connection or a process did.
            self._feed.notice(room_id, outcome.version)

    @staticmethod
    def _append(drafts: Sequence[Draft]) -> Sequence[Receipt | ChatError]:
        return log.append(drafts)

    def _tell(self, outcomes: Sequence[Receipt | ChatError]) -> None:
        self._feed.committed(
            outcome.message
            for outcome in outcomes
            if isinstance(outcome, Receipt) and not outcome.duplicate
        )

    async def new_guest(self, name: str | None) -> Guest:
        """Make a guest called `name`, or by a number. Raises ChatError for a name not to be had."""
        return await self._guests.outcome(name)

    async def stop(self) -> None:
        """Finish what was submitted, then let go of the database."""
        await self._messages.stop()
        await self._guests.stop()
        await asyncio.to_thread(self._writer.close)
