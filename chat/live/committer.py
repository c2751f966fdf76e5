"""One process's way to write: changes to rooms, and new guests, in batches.

One thread writes: on SQLite two would only wait for each other.
"""

import asyncio
from collections.abc import Callable, Sequence

from chat import log
from chat.access import identity, memberships
from chat.access.identity import Guest, Newcomer
from chat.access.memberships import NewMembership, ReadMark
from chat.live.batcher import CROWD_EVERY, Batcher, Item, call_back, outcome_of
from chat.live.feed import Feed
from chat.live.gathering import Gatherer
from chat.live.persons import Persons
from chat.live.threads import DatabaseThreads
from chat.log import Deletion, Edit, React, Receipt, Write
from chat.rules.errors import ChatError

Outcome = Receipt | ChatError

# Somebody who reads along marks each message: of several, the last counts.
READ_EVERY = 0.1
# A transaction for one or two newcomers costs nearly as much as their joining, and hardly anybody
# waits for it ("joining" in bench/).
NEWCOMERS_EVERY = 0.1


class Committer:
    """Commits writes in the order in which they are submitted, acknowledges each, and publishes
    what is new."""

    def __init__(self, feed: Feed, persons: Persons):
        self._feed = feed
        self._persons = persons
        self._thread = DatabaseThreads("committer", 1)
        self.writes = Batcher(self._thread, log.commit_writes, self._finish_batch)
        self._reactions = Gatherer(self.writes.add_item)
        feed.on_changes_elsewhere.append(self._reactions.note_changes)
        self._guests = Batcher(self._thread, identity.create_guests, every=CROWD_EVERY)
        self._newcomers = Batcher(self._thread, memberships.add_newcomers, every=NEWCOMERS_EVERY)
        self._read_marks = Batcher(self._thread, memberships.store_read_marks, every=READ_EVERY)

    def submit_write(self, write: Write | React, on_outcome: Callable[[Outcome], None]) -> None:
        """Queue a write; call `on_outcome` once it is committed or refused."""
        if isinstance(write, React):
            self._reactions.add(write, on_outcome)
            return
        if isinstance(write, Edit | Deletion):
            # The reactions that it was sent before.
            self._reactions.flush(write.room_id, write.seq)
        self.writes.add_item(write, on_outcome)

    async def commit_write(self, write: Write | React) -> Receipt:
        """Commit a write, and return its receipt. Raises the ChatError that it is refused with."""
        return await outcome_of(self.submit_write, write)

    def _finish_batch(self, batch: Sequence[Item], outcomes: Sequence[Outcome]) -> None:
        """Acknowledge each write, then publish what is new."""
        for (write, on_outcome), outcome in zip(batch, outcomes, strict=True):
            call_back(on_outcome, outcome)
            if isinstance(outcome, Receipt) and outcome.duplicate:
                # Perhaps its commit was the last thing that another process did.
                self._feed.notice_version(write.room_id, outcome.version)
        changes = [o for o in outcomes if isinstance(o, Receipt) and o.message]
        self._feed.publish_changes(changes)
        for change in changes:
            if change.told:
                self._persons.notify(change)

    async def new_guest(self, name: str | None, token: str | None = None) -> Guest:
        """Create a guest called `name`, or by a number, with a token of their own or this one.

        Raises ChatError for a refused name.
        """
        return await self._guests.outcome_of(Newcomer(name, token))

    def add_newcomer(
        self, newcomer: NewMembership, on_outcome: Callable[[ChatError | None], None]
    ) -> None:
        """Store that somebody belongs to a room by now, soon; call `on_outcome` then, with the
        error where it was not stored."""
        self._newcomers.add_item(newcomer, on_outcome)

    async def admit_newcomer(self, newcomer: NewMembership) -> None:
        """Store that somebody belongs to a room by now. Raises ChatError: `unavailable`, or
        `not_found` for a room that was deleted meanwhile."""
        await self._newcomers.outcome_of(newcomer)

    async def flush_newcomers(self) -> None:
        """Wait until everybody is stored who came into a room through this process until now: a
        change of their memberships would find none."""
        await self._newcomers.flush()

    def mark_read(self, mark: ReadMark, on_outcome: Callable[[int | None], None]) -> None:
        """Store how far somebody has read, soon; call `on_outcome` with the seq where that is new,
        else with None."""
        if stored := self._newcomers.flushed():
            # They may be one of those, and belong to the room only then.
            stored.add_done_callback(lambda _: self._read_marks.add_item(mark, on_outcome))
        else:
            self._read_marks.add_item(mark, on_outcome)

    async def stop(self) -> None:
        """Finish what was submitted, then let go of the database."""
        self._reactions.stop()
        await self.writes.stop()
        await self._guests.stop()
        await self._newcomers.stop()
        await self._read_marks.stop()
        await asyncio.to_thread(self._thread.close)
