"""What a process finds by looking at the database, now and then, and what it then forgets."""

import asyncio
from unittest import mock

import pytest
from django.db import OperationalError
from django.utils import timezone

from chat import log
from chat.models import Configuration, Message, Person, Room
from chat.rules.errors import CloseCode
from tests.invariants.test_races import person_in, run
from tests.support.clients import RuleKeeper
from tests.support.holding import holding
from tests.support.processes import eventually
from tests.support.rooms import fill

pytestmark = pytest.mark.django_db(transaction=True)


def test_that_the_database_was_set_back_is_found_without_anybody_coming_and_once():
    def has_all(person: RuleKeeper) -> bool:
        return [m["body"] for m in person.messages.values()] == ["m1", "m2", "and on it goes"]

    async def story(one, other):
        await fill("lobby", 5)
        people = ana, _ = await person_in(one, "Ana"), await person_in(other, "Ion")
        await Message.objects.filter(seq__gt=2).adelete()
        await Room.objects.aupdate(version=2, last_seq=2)
        await ana.say("and on it goes")
        await eventually(lambda: ana.acks, "the ack")
        with holding("chat.log", "heads", when_done=True) as hold:
            looks = [asyncio.create_task(process.feed.compare()) for process in (one, other)]
            for _ in looks:
                await hold.reached()
        await asyncio.gather(*looks)
        await eventually(lambda: all(map(has_all, people)), "the new message, and no lost one", 3)
        for person in people:
            assert len([event for event in person.events if event["type"] == "joined"]) == 2

    run(story, 2)


def test_a_configuration_that_could_not_be_read_at_the_start_is_read_as_soon_as_it_can_be():
    load, silent = Configuration.load, [True, True]

    def late():
        if silent:
            silent.pop()
            raise OperationalError
        return load()

    async def story(one):
        await eventually(lambda: not one.configuration.guests_may_write, "the configuration", 5)

    Configuration(guests_may_write=False).save()
    with mock.patch.object(Configuration, "load", late):
        run(story)


def test_who_typed_in_a_room_is_forgotten_with_it():
    async def story(one):
        ana = await person_in(one, "Ana")
        await ana.command("typing", room="lobby")
        room_id, user_id = ana._connection.follower("lobby").stream.room.pk, ana._connection.user.id
        ana.vanish()
        one.presence.remove(room_id, user_id)
        one._tick(0)
        assert one.feed.streams() == []
        assert one.typists._until == {}

    run(story)


def test_what_was_committed_without_anybody_hearing_of_it_is_told_with_its_repeat():
    append = log.append

    def lost(drafts):
        append(drafts)
        raise OperationalError

    async def story(one):
        ana, ion = await person_in(one, "Ana"), await person_in(one, "Ion")
        await eventually(lambda: one._looked_at, "the first look")
        with mock.patch("chat.log.append", lost):
            message_id = await ana.say("hello")
            await eventually(lambda: ana.errors, "the refusal")
        await ana._send(message_id)
        await eventually(lambda: ana.acks, "the ack")
        await eventually(lambda: ion.messages, "the message", 3)

    run(story)


def test_who_is_blocked_while_they_come_in_does_not_stay():
    async def story(one):
        charlie = await person_in(one, "Charlie")
        user_id = charlie._connection.user.id
        charlie.vanish()
        await eventually(lambda: one._looked_at, "the first look")
        with holding("chat.access.identity", "known_person", when_done=True) as hold:
            coming = asyncio.create_task(charlie.connect(one, "lobby"))
            await hold.reached()
            await Person.objects.aupdate(blocked_at=timezone.now())
            one.hints._take({"kind": "person", "of": "another", "person": user_id})
            hold.release()
            await coming
        await eventually(lambda: charlie.inbox.close_code == CloseCode.REMOVED, "the end", 3)

    run(story)


def test_a_connection_that_cannot_be_looked_after_costs_nobody_else_their_turn():
    async def story(one):
        broken, *others = [await person_in(one, f"P{number}") for number in range(8)]
        broken._connection.tick = mock.Mock(side_effect=RuntimeError)
        for person in others:
            person._connection._next_heads = 0.0
            person.events.clear()
        heads = lambda person: any(event["type"] == "heads" for event in person.events)  # noqa: E731
        await eventually(lambda: all(map(heads, others)), "their heads", 3)

    run(story)
