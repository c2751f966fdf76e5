"""I1 to I5 and I8, by a model: people and admins act in any order, over processes whose hints are
lost, doubled and late, and each reply and each view follow the protocol."""

from unittest import mock

import pytest
from django.test import override_settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.fuzz.choices import (
    bases,
    bodies,
    emojis,
    flips,
    lines,
    namings,
    numbers,
    people,
    places,
    posts,
    processes,
    rarely,
    slugs,
    sockets,
    some,
    versions,
)
from tests.fuzz.model import MAX_EMOJI, NAMED
from tests.fuzz.scene import GUESTS
from tests.fuzz.stage import Stage
from tests.fuzz.web import current

pytestmark = pytest.mark.django_db(transaction=True)

a_tab_is_open = precondition(lambda machine: machine.play.tabs)


class ProtocolMachine(Stage):
    """Each rule is an action of a person; Play and Transports perform it and check its reply."""

    @precondition(lambda self: len(self.play.tabs) < 6)
    @rule(person=people, process=processes, over=sockets)
    def open(self, person, process, over):
        self.run(self.play.open(self.play.site.people[person], process, over=over))

    @precondition(lambda machine: len(machine.play.tabs) > 2)
    @rule(tab=some)
    def drop(self, tab):
        self.play.drop(self.tab(tab))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, after=versions, same_epoch=flips)
    def join(self, tab, slug, after, same_epoch):
        self.run(self.play.join(self.tab(tab), slug, after, same_epoch))

    @a_tab_is_open
    @rule(tab=some, slug=slugs)
    def leave(self, tab, slug):
        self.run(self.play.leave(self.tab(tab), slug))

    @a_tab_is_open
    @rule(tab=some, body=st.sampled_from("ab"))
    def say(self, tab, body):
        self.send(tab, "tea", body, ("names", []))

    @a_tab_is_open
    @rule(tab=some, slug=slugs)
    def be_heard(self, tab, slug):
        self.run(self.play.check_delivery(self.tab(tab), slug))

    @a_tab_is_open
    @rule(tab=some, slug=slugs)
    def be_missed(self, tab, slug):
        self.run(self.play.check_departure(self.tab(tab), slug))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, body=bodies, naming=namings)
    def send(self, tab, slug, body, naming):
        message = f"m{next(self.ids)}"
        self.run(self.play.send(self.tab(tab), slug, body, message, naming=naming))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, number=numbers, body=bodies, own=flips)
    def reply(self, tab, slug, number, body, own):
        tab, seq, _ = self.message_of(tab, slug, number, own)
        self.run(self.play.send(tab, slug, body, f"m{next(self.ids)}", seq))

    @a_tab_is_open
    @rule(slug=slugs, seq=numbers, body=st.none() | bodies, anybody=rarely)
    def send_again(self, slug, seq, body, anybody):
        """Send with the id of a stored message, and its body or another; perhaps as somebody else
        than its author, since ids are unique per author only."""
        room = self.play.site.rooms.get(slug)
        if room and room.messages:
            changed = [m for m in room.messages if m.version != m.first_version]
            among = changed or room.messages
            message = among[seq % len(among)]
            body = message.body if body is None else body
            for tab in self.play.tabs:
                if anybody or tab.person.id == message.author:
                    self.run(self.play.send(tab, slug, body, message.id, message.reply_to))
                    break

    @a_tab_is_open
    @rule(tab=some, slug=slugs, number=numbers, body=bodies, base=bases, own=flips, naming=namings)
    def edit(self, tab, slug, number, body, base, own, naming):
        tab, seq, version = self.message_of(tab, slug, number, own)
        bases = {"seen": version, "earlier": max(version - 1, 0), "other": version + 1}
        base = bases.get(base)
        self.run(self.play.edit(tab, slug, seq, body, base, naming))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, number=numbers, own=flips)
    def delete(self, tab, slug, number, own):
        tab, seq, _ = self.message_of(tab, slug, number, own)
        self.run(self.play.delete(tab, slug, seq))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, number=numbers, emoji=emojis, on=flips, own=flips)
    def react(self, tab, slug, number, emoji, on, own):
        tab, seq, _ = self.message_of(tab, slug, number, own)
        self.run(self.play.react(tab, slug, seq, emoji, on))

    @a_tab_is_open
    @rule(slug=slugs, number=st.integers(1, 2), on=st.sampled_from([True, True, False]))
    def react_together(self, slug, number, on):
        """React with one emoji from every tab: more people than a message names."""
        for tab in tuple(self.play.tabs):
            self.run(self.play.react(tab, slug, number, "👍", on))

    def message_of(self, tab, slug, number, own):
        """Return a tab, and the seq and version of a message of its person (`own`) or of anybody;
        perhaps of none."""
        tab, room = self.tab(tab), self.play.site.rooms.get(slug)
        messages = room.messages if room else []
        if own and (mine := [m for m in messages if m.author == tab.person.id]):
            message = mine[number % len(mine)]
            return tab, message.seq, message.version
        message = room and room.at(number)
        return tab, number, message.version if message else 1

    @a_tab_is_open
    @rule(lines=lines, returning=st.sets(some, max_size=3))
    def talk_at_once(self, lines, returning):
        """Send many messages before any is acknowledged, while some tabs resume."""
        lines = [(self.tab(tab), slug, body) for tab, slug, body in lines]
        returning = {self.tab(number) for number in returning}
        self.run(self.play.send_at_once(lines, returning))

    @a_tab_is_open
    @rule(
        tab=some,
        slug=slugs,
        place=places,
        seq=numbers,
        limit=st.one_of(st.integers(1, 12), st.just(100)),
    )
    def history(self, tab, slug, place, seq, limit):
        self.run(self.play.history(self.tab(tab), slug, place, seq, limit))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, seqs=st.lists(numbers, min_size=1, max_size=5))
    def get(self, tab, slug, seqs):
        self.run(self.play.get(self.tab(tab), slug, seqs))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, after=versions, same_epoch=flips)
    def sync(self, tab, slug, after, same_epoch):
        self.run(self.play.sync(self.tab(tab), slug, after, same_epoch))

    @a_tab_is_open
    @rule(tab=some, slug=slugs, version=st.none() | numbers)
    def hint(self, tab, slug, version):
        self.run(self.play.send_silent(self.tab(tab), slug, version))

    @rule(
        person=people,
        process=processes,
        slug=slugs,
        how=st.sampled_from(["stream", "poll"]),
        after=versions,
        same=flips,
    )
    @precondition(lambda self: len(self.play.web) < 4)
    def read(self, person, process, slug, how, after, same):
        """Read a room over HTTP."""
        self.run(self.play.read(self.play.site.people[person], process, slug, how, after, same))

    @precondition(lambda self: self.play.web)
    @rule(reader=some)
    def go(self, reader):
        self.run(self.play.stop_reading(self.play.web[reader % len(self.play.web)]))

    @rule(person=people, process=processes, slug=slugs, body=bodies)
    def post(self, person, process, slug, body):
        who = self.play.site.people[person]
        self.run(self.play.post(who, process, slug, body, f"m{next(self.ids)}"))

    @rule(slug=slugs, seq=numbers, process=processes, body=st.none() | bodies)
    def post_again(self, slug, seq, process, body):
        room = self.play.site.rooms.get(slug)
        if room and room.messages:
            message = room.messages[seq % len(room.messages)]
            who = next(p for p in self.play.site.people if p.id == message.author)
            if who.token or who.session:
                body = message.body if body is None else body
                self.run(self.play.post(who, process, slug, body, message.id))

    @rule(posts=posts)
    def post_at_once(self, posts):
        ids = [f"m{next(self.ids)}" for _ in posts]
        people = self.play.site.people
        self.run(self.play.post_at_once([(people[who], *post) for who, *post in posts], ids))

    @rule(
        person=people,
        process=processes,
        slug=slugs,
        before=st.none() | numbers,
        limit=st.integers(1, 12),
    )
    def read_back(self, person, process, slug, before, limit):
        who = self.play.site.people[person]
        self.run(self.play.read_page(who, process, slug, before, limit))

    @precondition(lambda self: len(self.play.terminals) < 2)
    @rule(process=processes, slug=slugs)
    def sit_down(self, process, slug):
        """Open a terminal."""
        self.run(self.play.open_terminal(process, slug))

    @precondition(lambda self: self.play.terminals)
    @rule(terminal=some, body=bodies)
    def type(self, terminal, body):
        at = self.play.terminals
        self.run(self.play.type(at[terminal % len(at)], body))

    @precondition(lambda self: self.play.terminals)
    @rule(terminal=some)
    def stand_up(self, terminal):
        at = self.play.terminals
        self.run(self.play.close_terminal(at[terminal % len(at)]))

    @rule(person=people, process=processes, number=st.integers(2, 3), socket=flips)
    def rename(self, person, process, number, socket):
        """Request a name that nobody else has, with a new tab or over HTTP."""
        who = self.play.site.people[person]
        name = f"{GUESTS[person] if person < len(GUESTS) else who.name} {number}"
        if not socket:
            self.run(self.play.rename(who, process, name))
        elif len(self.play.tabs) < 6:
            self.run(self.play.open(who, process, name))


@mock.patch("chat.live.presence.LEAVE_AFTER", 0.02)
@mock.patch("chat.live.clock.TICK", 3600)
# A process that does not receive its echo clears the layer; here two share one in memory.
@mock.patch("chat.cluster.transport.DEAF_AFTER", 3600)
@mock.patch("chat.cluster.peers.WAIT_FOR_REPLIES", 0.03)
@mock.patch("chat.cluster.peers.WAIT_FOR_NOBODY", 0.03)
@mock.patch("chat.log.reactions.MAX_EMOJI", MAX_EMOJI)
@mock.patch("chat.log.reactions.NAMED", NAMED)
@mock.patch("chat.live.gathering.LINGER", 0.002)
@mock.patch("chat.live.server.current", current)
@override_settings(CHAT_RATE_LIMITS=False)
def test_every_reply_and_every_view_follow_the_protocol(fuzz):
    run_state_machine_as_test(ProtocolMachine, settings=fuzz(60, stateful_step_count=40))
