"""The state machine's base: how a story begins and ends, and what an admin and time do."""

import asyncio
from itertools import count

from django.db import connections
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.fuzz.choices import flips, numbers, people, processes, rarely, slugs
from tests.fuzz.scene import empty_site
from tests.fuzz.setbacks import Setbacks
from tests.support.layers import FaultyLayer


class Stage(RuleBasedStateMachine):
    """Each rule is an action of an admin or the passing of time; Setbacks performs it."""

    def __init__(self):
        super().__init__()
        self.loop, self.play, self.ids = asyncio.new_event_loop(), None, count(1)
        self.has_failed = False

    @initialize(seed=st.integers(0, 2**32), no_hints=flips)
    def begin(self, seed, no_hints):
        site = empty_site()
        fates = ("drop",) if no_hints else FaultyLayer.FATES

        async def begin():
            self.play = Setbacks(site, FaultyLayer(seed, fates))
            await self.play.begin()

        self.run(begin())
        for number, person in enumerate(site.people):
            over = "Socket.IO" if number == 1 else "socket"
            self.run(self.play.open(person, number % 2, over=over))
            self.run(self.play.join(self.play.tabs[-1], "tea", None, True))
        self.run(self.play.read(site.people[1], 0, "tea", "stream", None, True))
        self.run(self.play.read(site.people[2], 1, "tea", "poll", None, True))
        self.run(self.play.open_terminal(1, "tea"))
        self.run(self.play.send_at_once([(tab, "tea", "hello") for tab in self.play.tabs]))

    def run(self, step):
        try:
            return self.loop.run_until_complete(step)
        except BaseException:
            self.has_failed = True
            raise

    def teardown(self):
        try:
            if self.play and not self.has_failed:
                self.run(self.play.settle())
        finally:
            if self.play:
                self.run(self.play.end())
            self.loop.close()
            connections.close_all()

    def tab(self, number):
        return self.play.tabs[number % len(self.play.tabs)]

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

    @rule(slug=slugs, person=people, banned=rarely)
    def ban(self, slug, person, banned):
        self.run(self.play.set_banned(slug, self.play.site.people[person], banned))

    @rule(slug=slugs, closed=rarely)
    def close_room(self, slug, closed):
        self.run(self.play.change_room(slug, closed=closed))

    @rule(slug=slugs, topic=st.sampled_from("αβ"))
    def set_topic(self, slug, topic):
        self.run(self.play.change_room(slug, topic=topic))

    @rule(slug=slugs, now=slugs, senders=st.integers(0, 3))
    def move_room(self, slug, now, senders):
        self.run(self.play.move_room(slug, now, senders))

    @rule(slug=slugs, sure=rarely)
    def delete_room(self, slug, sure):
        if sure:
            self.run(self.play.delete_room(slug))

    @rule(slug=slugs, seq=numbers, deleted=flips, via=st.none() | processes)
    def change_message(self, slug, seq, deleted, via):
        self.run(self.play.change_message(slug, seq, deleted, via))

    @rule(slug=slugs)
    def back_up(self, slug):
        self.run(self.play.back_up(slug))

    @rule(slug=slugs, resuming=flips)
    def set_back(self, slug, resuming):
        self.run(self.play.set_back(slug, resuming))

    @rule(slug=slugs, sure=rarely)
    def begin_anew(self, slug, sure):
        if sure:
            self.run(self.play.begin_anew(slug))

    @rule(process=processes)
    def look(self, process):
        self.run(self.play.poll_site(process))

    @rule(process=processes)
    def tick(self, process):
        """Make a process tick: it sends a heartbeat, and releases rooms that nobody follows."""
        self.run(self.play.tick(process))

    @rule()
    def pass_time(self):
        self.run(asyncio.sleep(0.005))

    @rule()
    def settle(self):
        self.run(self.play.settle())
