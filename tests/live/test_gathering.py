"""Reactions to one message are gathered: the first goes at once, the others five times a second."""

from unittest import IsolatedAsyncioTestCase, mock

import pytest
from django.utils import timezone

from chat.live.gathering import LINGER, MOST_PROCESSES, Gatherer
from chat.log import React, Reactions, Receipt
from chat.protocol import Message, User
from chat.rules.errors import ChatError, unavailable


class Loop:
    """An event loop's timers, which `tick` calls."""

    def __init__(self):
        self.timers = []
        self.delay = 0.0

    def call_later(self, delay: float, callback, *args) -> mock.Mock:
        self.delay = delay
        self.timers.append((callback, args))
        return mock.Mock()

    def tick(self) -> None:
        """Call what the timers were set for."""
        due, self.timers = self.timers, []
        for callback, args in due:
            callback(*args)


def react(person: int, seq: int = 1) -> React:
    return React(7, person, seq, "👍", True)


class GatheringTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.writes: list[Reactions] = []
        self.callbacks = []
        self.outcomes = {}
        self.gatherer = Gatherer(self.submit)
        self.loop = self.gatherer._loop = Loop()

    def submit(self, write: Reactions, on_outcome) -> None:
        self.writes.append(write)
        self.callbacks.append(on_outcome)

    def add(self, *people: int, seq: int = 1) -> None:
        for person in people:
            self.gatherer.add(
                react(person, seq), lambda outcome, p=person: self.outcomes.update({p: outcome})
            )

    def finish(self) -> None:
        """Acknowledge everything that was submitted."""
        under_way = list(zip(self.writes, self.callbacks, strict=True))
        self.writes, self.callbacks = [], []
        for write, callback in under_way:
            parts = [Receipt(write.seq, person, timezone.now()) for person in people_of(write)]
            callback(Receipt(write.seq, 9, timezone.now(), parts=parts))

    async def test_the_first_is_submitted_at_once_and_the_others_together(self):
        self.add(1, 2, 3)
        assert [people_of(write) for write in self.writes] == [[1]]
        assert self.loop.delay == LINGER
        self.finish()
        self.loop.tick()
        assert [people_of(write) for write in self.writes] == [[2, 3]]

    async def test_each_has_its_own_outcome(self):
        self.add(1, 2, 3)
        self.finish()
        self.loop.tick()
        self.finish()
        assert {person: o.version for person, o in self.outcomes.items()} == {1: 1, 2: 2, 3: 3}

    async def test_a_refusal_of_all_is_the_outcome_of_each(self):
        self.add(1)
        self.callbacks.pop()(unavailable())
        assert isinstance(self.outcomes[1], ChatError)

    async def test_two_messages_do_not_wait_for_each_other(self):
        self.add(1, seq=1)
        self.add(2, seq=2)
        assert [write.seq for write in self.writes] == [1, 2]

    async def test_what_is_being_written_is_one_write_a_message(self):
        self.add(1, 2)
        self.loop.tick()
        assert len(self.writes) == 1
        self.finish()
        assert [people_of(write) for write in self.writes] == [[2]]

    async def test_processes_that_change_one_message_wait_for_each_other(self):
        def change(*seqs: int, room: int = 7) -> None:
            messages = [protocol_message(seq) for seq in seqs]
            self.gatherer.note_changes(room, [m.model_dump_json() for m in messages])

        self.add(1, 2)
        for others, delay in (([1, 1], 3), ([1], 2), ([2], 1), ([1] * 99, MOST_PROCESSES)):
            self.finish()
            change(*others)
            change(1, room=8)
            self.add(3)
            self.loop.tick()
            assert self.loop.delay == pytest.approx(LINGER * delay), others

    async def test_another_change_of_the_message_comes_after_what_waits(self):
        self.add(1, 2)
        self.gatherer.flush(7, 2)
        assert len(self.writes) == 1
        self.gatherer.flush(7, 1)
        assert [people_of(write) for write in self.writes] == [[1], [2]]

    async def test_a_message_is_forgotten_when_nothing_comes(self):
        self.add(1)
        self.finish()
        self.loop.tick()
        self.loop.tick()
        assert (self.loop.timers, self.gatherer._gatherings) == ([], {})

    async def test_more_than_it_takes_is_refused(self):
        with mock.patch("chat.live.gathering.MAX_WAITING", 2):
            self.add(1, 2, 3, 4)
        assert self.outcomes[4].code == "unavailable"
        assert not self.outcomes.keys() & {1, 2, 3}

    async def test_what_waits_is_submitted_at_the_end(self):
        self.add(1, 2)
        self.gatherer.stop()
        assert [people_of(write) for write in self.writes] == [[1], [2]]


def protocol_message(seq: int) -> Message:
    """Return a message whose text has the words that say another one's seq."""
    ana = User(id="a", name="Ana", kind="guest")
    body = '"seq":1,'
    about = {"id": "m", "author": ana, "body": body, "at": timezone.now()}
    return Message(seq=seq, version=9, edited_at=None, deleted=False, **about)


def people_of(write: Reactions) -> list[int]:
    return [each.author_id for each in write.reacts]
