"""What a process finds when it polls the database at intervals, and what it then forgets."""

import asyncio
from unittest import mock

import pytest
from django.db import OperationalError
from django.utils import timezone

from chat import log
from chat.cluster.hints import PersonChanged, encode
from chat.models import Configuration, Message, Person, Room
from chat.rules.errors import CloseCode
from tests.invariants.test_races import person_in, run
from tests.support.clients import ProtocolClient
from tests.support.holding import holding
from tests.support.processes import eventually, has_polled, has_typists, tick
from tests.support.rooms import fill

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_poll_finds_once_that_the_database_was_restored():
    def has_all(person: ProtocolClient) -> bool:
        return [m["body"] for m in person.messages.values()] == ["m1", "m2", "and on it goes"]

    async def story(first, second):
        await fill("lobby", 5)
        people = ana, _ = await person_in(first, "Ana"), await person_in(second, "Ion")
        await Message.objects.filter(seq__gt=2).adelete()
        await Room.objects.aupdate(version=2, last_seq=2)
        await ana.send("and on it goes")
        await eventually(lambda: ana.acks, "the ack")
        with holding("chat.log", "heads", when_done=True) as hold:
            polls = [asyncio.create_task(process.feed.compare()) for process in (first, second)]
            for _ in polls:
                await hold.reached()
        await asyncio.gather(*polls)
        await eventually(
            lambda: all(map(has_all, people)), "the new message without the lost ones", 3
        )
        for person in people:
            assert len([event for event in person.events if event["type"] == "joined"]) == 2

    run(story, 2)


def test_a_process_polls_while_its_peers_may_not_have_noticed_it_yet():
    """They publish nothing of their rooms until then."""

    async def story(server):
        ion = await person_in(server, "Ion")
        await eventually(lambda: has_polled(server), "the first poll")
        await fill("lobby", 1)
        await eventually(lambda: ion.messages, "the message of another process", 3)

    run(story)


def test_a_configuration_unreadable_at_the_start_is_read_later():
    load, failures = Configuration.load, [True, True]

    def fail_twice():
        if failures:
            failures.pop()
            raise OperationalError
        return load()

    async def story(server):
        await eventually(lambda: not server.configuration.guests_may_write, "the configuration", 5)

    Configuration(guests_may_write=False).save()
    with mock.patch.object(Configuration, "load", fail_twice):
        run(story)


def test_typists_are_forgotten_with_their_room():
    async def story(server):
        ana = await person_in(server, "Ana")
        await ana.send_command("typing", room="lobby")
        room_id, user_id = ana.room_id, ana.user_id
        ana.vanish()
        server.presence.remove(room_id, user_id)
        tick(server)
        assert server.feed.streams() == []
        assert not has_typists(server)

    run(story)


def test_a_commit_whose_outcome_was_lost_is_sent_after_its_repeat():
    def lose_outcome(drafts):
        log.commit_writes(drafts)
        raise OperationalError

    async def story(server):
        ana, ion = await person_in(server, "Ana"), await person_in(server, "Ion")
        await eventually(lambda: has_polled(server), "the first poll")
        with mock.patch.object(server.committer.writes, "work", lose_outcome):
            message_id = await ana.send("hello")
            await eventually(lambda: ana.errors, "the refusal")
        await ana.resend(message_id)
        await eventually(lambda: ana.acks, "the ack")
        await eventually(lambda: ion.messages, "the message", 3)

    run(story)


def test_a_person_blocked_while_joining_is_disconnected():
    async def story(server):
        charlie = await person_in(server, "Charlie")
        user_id = charlie.user_id
        charlie.vanish()
        await eventually(lambda: has_polled(server), "the first poll")
        with holding(server.persons.holders, "work", when_done=True) as hold:
            joining = asyncio.create_task(charlie.connect(server, "lobby"))
            await hold.reached()
            await Person.objects.aupdate(blocked_at=timezone.now())
            server.hints.receive_hint(encode(PersonChanged(user_id), "another"))
            hold.release()
            await joining
        await eventually(lambda: charlie.inbox.close_code == CloseCode.REMOVED, "the close", 3)

    run(story)


def test_a_connection_whose_tick_fails_does_not_affect_others():
    async def story(server):
        broken, *others = [await person_in(server, f"P{number}") for number in range(8)]
        broken.connection.tick = mock.Mock(side_effect=RuntimeError)
        for person in others:
            person.connection._next_heads = 0.0
            person.events.clear()
        heads = lambda person: any(event["type"] == "heads" for event in person.events)  # noqa: E731
        await eventually(lambda: all(map(heads, others)), "their heads", 3)

    run(story)
