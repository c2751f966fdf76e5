"""I1 to I4 and I8: whatever happens to hints and sockets, everybody ends with the same log."""

import asyncio

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import log, protocol
from chat.models import Message, Room
from tests.support.clients import RuleKeeper
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 3
PROCESSES = 2

who = st.integers(0, PEOPLE - 1)
process = st.integers(0, PROCESSES - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), who),
        st.tuples(st.just("say"), who),
        st.tuples(st.just("repeat"), who),
        st.tuples(st.just("vanish"), who),
        st.tuples(st.just("come back"), who, process),
        st.tuples(st.just("delete"), st.integers(1, 10)),
        st.tuples(st.just("restore"), st.integers(1, 10)),
        st.tuples(st.just("wait")),
    ),
    min_size=5,
    max_size=40,
)


def play(*args, **kwargs):
    """Run a story against an empty database, in an event loop of its own."""
    Message.objects.all().delete()
    Room.objects.all().delete()
    connections.close_all()
    asyncio.run(story(*args, **kwargs))


@given(steps=steps, seed=st.integers(0, 2**32))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_everybody_ends_with_the_same_gapless_log_when_hints_are_lost_doubled_or_late(steps, seed):
    play(steps, FaultyLayer(seed))


@given(steps=steps)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_everybody_ends_with_the_same_gapless_log_without_any_hint(steps):
    play(steps, FaultyLayer(fates=("drop",)))


async def story(steps, layer):
    async with processes(PROCESSES, layer) as servers:
        people = [RuleKeeper(name) for name in ("Ana", "Ion", "Eva")]
        for number, person in enumerate(people):
            await person.connect(servers[number % PROCESSES], "lobby")
        for step in steps:
            await take(step, people, servers)
        await everybody_returns(people, servers)
        await until_quiet(people, servers)
        await check(people)
        for person in people:
            person.vanish()


async def take(step, people, servers):
    match step:
        case "say", number:
            await people[number].say(f"line {len(people[number].sent)}")
        case "repeat", number:
            await people[number].repeat()
        case "vanish", number if people[number].connected:
            people[number].vanish()
        case "come back", number, place if not people[number].connected:
            await people[number].connect(servers[place], "lobby")
        case "delete" | "restore" as change, seq:
            await change_message(change, seq, servers[0])
        case ("wait",):
            await asyncio.sleep(0.005)


async def change_message(change, seq, server):
    """Delete or restore a message through one process, which hints the others."""

    def apply():
        message = Message.objects.filter(room__slug="lobby", seq=seq).first()
        return message and getattr(log, change)(message.pk)

    if message := await server.readers.run(apply):
        server.feed.committed([message])


async def everybody_returns(people, servers):
    for number, person in enumerate(people):
        if not person.connected:
            await person.connect(servers[number % PROCESSES], "lobby")


async def until_quiet(people, servers):
    """Wait for every ack, let each process compare itself with the database, as its clock does."""
    await eventually(lambda: not any(person.unanswered() for person in people), "the last ack")
    room = await servers[0].readers.run(log.find_room, "lobby")
    for server in servers:
        await server.feed.compare()

    def caught_up():
        return all(person.version >= room.version for person in people)

    while not caught_up():
        await eventually(lambda: caught_up() or any(p._todo for p in people), "the last message")
        for person in people:
            await person.obey()


async def check(people):
    stored = await asyncio.to_thread(stored_messages)
    seqs = [message["seq"] for message in stored]
    assert seqs == list(range(1, len(stored) + 1)), "the log has gaps"
    for person in people:
        assert person.errors == []
        view = [person.messages[seq] for seq in sorted(person.messages)]
        assert view == stored, f"{person.name} sees another log"
        assert_acknowledged_once_and_in_order(person, stored)


def stored_messages():
    try:
        room = Room.objects.get(slug="lobby")
        rows = Message.objects.in_room(room.pk).order_by("seq")
        return [protocol.Message.of(row).model_dump(mode="json") for row in rows]
    finally:
        connections.close_all()


def assert_acknowledged_once_and_in_order(person, stored):
    mine = [m for m in stored if m["author"]["name"] == person.name]
    assert [message["id"] for message in mine] == list(person.sent)
    for message in mine:
        assert person.acks[message["id"]]["seq"] == message["seq"]
