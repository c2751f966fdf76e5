"""I1 to I5 and I8, by a model: whatever people and admins do in whatever order, over processes
whose hints are lost, doubled and late, each answer and each view is what the protocol says."""

import asyncio
from itertools import count
from unittest import mock

import pytest
from django.db import connections
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.fuzz.play import Play
from tests.fuzz.scene import empty_site
from tests.support.layers import FaultyLayer

pytestmark = pytest.mark.django_db(transaction=True)

tabs = st.integers(0, 5)
people = st.integers(0, 3)
processes = st.integers(0, 1)
slugs = st.sampled_from(["tea", "tea", "chess"])
# At the limits that an admin sets below, over and under them, and what is no message.
bodies = st.sampled_from(["a", "b", "c\n", "x" * 20, "y" * 5, "é" * 6, "z" * 21, " ", "a\0b"])
numbers = st.integers(0, 12)
flips = st.booleans()
rarely = st.sampled_from([False, False, False, True])
versions = st.one_of(st.none(), st.just("own"), numbers, st.just(2**63 - 1))
lines = st.lists(st.tuples(tabs, slugs, st.sampled_from("abc")), min_size=1, max_size=12)

somebody_is_here = precondition(lambda machine: machine.play.tabs)


class ProtocolMachine(RuleBasedStateMachine):
    """Each rule is something that somebody does; Play does it and holds it to the model."""

    def __init__(self):
        super().__init__()
        self.loop, self.play, self.ids = asyncio.new_event_loop(), None, count(1)

    @initialize(seed=st.integers(0, 2**32), deaf=flips)
    def begin(self, seed, deaf):
        site = empty_site()
        fates = ("drop",) if deaf else FaultyLayer.FATES

        async def begin():
            self.play = Play(site, FaultyLayer(seed, fates))
            await self.play.begin()

        self.run(begin())
        for number, person in enumerate(site.people):
            self.run(self.play.open(person, number % 2))
            self.run(self.play.join(self.play.tabs[-1], "tea", None, True))
        self.run(self.play.talk_at_once([(tab, "tea", "hello") for tab in self.play.tabs]))

    def run(self, step):
        return self.loop.run_until_complete(step)

    def teardown(self):
        try:
            if self.play:
                self.run(self.play.settle())
        finally:
            if self.play:
                self.run(self.play.end())
            self.loop.close()
            connections.close_all()

    def tab(self, number):
        return self.play.tabs[number % len(self.play.tabs)]

    @precondition(lambda self: len(self.play.tabs) < 6)
    @rule(person=people, process=processes)
    def open(self, person, process):
        self.run(self.play.open(self.play.site.people[person], process))

    @precondition(lambda machine: len(machine.play.tabs) > 2)
    @rule(tab=tabs)
    def drop(self, tab):
        self.play.drop(self.tab(tab))

    @somebody_is_here
    @rule(tab=tabs, slug=slugs, after=versions, same_epoch=flips)
    def join(self, tab, slug, after, same_epoch):
        self.run(self.play.join(self.tab(tab), slug, after, same_epoch))

    @somebody_is_here
    @rule(tab=tabs, slug=slugs)
    def leave(self, tab, slug):
        self.run(self.play.leave(self.tab(tab), slug))

    @somebody_is_here
    @rule(tab=tabs, body=st.sampled_from("ab"))
    def say(self, tab, body):
        self.send(tab, "tea", body)

    @somebody_is_here
    @rule(tab=tabs, slug=slugs, body=bodies)
    def send(self, tab, slug, body):
        self.run(self.play.send(self.tab(tab), slug, body, f"m{next(self.ids)}"))

    @somebody_is_here
    @rule(slug=slugs, seq=numbers, body=st.none() | bodies, anybody=rarely)
    def send_again(self, slug, seq, body, anybody):
        """Under the id of a message that is there, with its body or another; perhaps not its
        author, whose ids are nobody else's business."""
        room = self.play.site.rooms.get(slug)
        if room and room.messages:
            changed = [m for m in room.messages if m.version != m.first_version]
            among = changed or room.messages
            message = among[seq % len(among)]
            body = message.body if body is None else body
            for tab in self.play.tabs:
                if anybody or tab.person.id == message.author:
                    self.run(self.play.send(tab, slug, body, message.id))
                    break

    @somebody_is_here
    @rule(lines=lines, returning=st.sets(tabs, max_size=3))
    def talk_at_once(self, lines, returning):
        """Many speak, before any is answered, while some resume."""
        lines = [(self.tab(tab), slug, body) for tab, slug, body in lines]
        returning = {self.tab(number) for number in returning}
        self.run(self.play.talk_at_once(lines, returning))

    @somebody_is_here
    @rule(tab=tabs, slug=slugs, before=numbers, limit=st.one_of(st.integers(1, 12), st.just(100)))
    def history(self, tab, slug, before, limit):
        self.run(self.play.history(self.tab(tab), slug, before, limit))

    @somebody_is_here
    @rule(tab=tabs, slug=slugs, after=versions, same_epoch=flips)
    def sync(self, tab, slug, after, same_epoch):
        self.run(self.play.sync(self.tab(tab), slug, after, same_epoch))

    @somebody_is_here
    @rule(tab=tabs, slug=slugs, version=st.none() | numbers)
    def hint(self, tab, slug, version):
        self.run(self.play.hint(self.tab(tab), slug, version))

    @rule(
        field=st.one_of(
            st.tuples(st.just("max_body"), st.sampled_from([5, 20])),
            st.tuples(st.just("guests_may_write"), flips),
            st.tuples(st.just("joining_creates_rooms"), flips),
        )
    )
    def configure(self, field):
        self.run(self.play.configure(**dict([field])))

    @rule(person=people, blocked=rarely)
    def block(self, person, blocked):
        self.run(self.play.set_blocked(self.play.site.people[person], blocked))

    @rule(slug=slugs, closed=rarely)
    def close_room(self, slug, closed):
        self.run(self.play.change_room(slug, closed=closed))

    @rule(slug=slugs, topic=st.sampled_from("αβ"))
    def set_topic(self, slug, topic):
        self.run(self.play.change_room(slug, topic=topic))

    @rule(slug=slugs, now=slugs, talkers=st.integers(0, 3))
    def move_room(self, slug, now, talkers):
        self.run(self.play.move_room(slug, now, talkers))

    @rule(slug=slugs, sure=rarely)
    def delete_room(self, slug, sure):
        if sure:
            self.run(self.play.delete_room(slug))

    @rule(slug=slugs, seq=numbers, deleted=flips, via=st.none() | processes)
    def change_message(self, slug, seq, deleted, via):
        self.run(self.play.change_message(slug, seq, deleted, via))

    @rule(process=processes)
    def look(self, process):
        self.run(self.play.look(process))

    @rule(process=processes)
    def tick(self, process):
        """Let a process's clock strike: it beats, and lets go of what nobody follows."""
        self.run(self.play.tick(process))

    @rule()
    def pass_time(self):
        self.run(asyncio.sleep(0.005))

    @rule()
    def settle(self):
        self.run(self.play.settle())


@mock.patch("chat.presence.LEAVE_AFTER", 0.02)
@mock.patch("chat.server.TICK", 3600)
# A deaf process clears the layer; here two share one in memory, which Redis's is not.
@mock.patch("chat.hints.DEAF_AFTER", 3600)
def test_every_answer_and_every_view_is_what_the_protocol_says(fuzz):
    run_state_machine_as_test(ProtocolMachine, settings=fuzz(200, stateful_step_count=40))
