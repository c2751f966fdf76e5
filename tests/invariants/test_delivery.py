"""I1 to I4 and I8: whatever happens to hints and sockets, all views become the same log."""

import asyncio

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import log, protocol
from chat.models import Message, Room
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 3
PROCESSES = 2

person = st.integers(0, PEOPLE - 1)
process = st.integers(0, PROCESSES - 1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("send"), person),
        st.tuples(st.just("send"), person),
        st.tuples(st.just("repeat"), person),
        st.tuples(st.just("vanish"), person),
        st.tuples(st.just("reconnect"), person, process),
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
    asyncio.run(play_story(*args, **kwargs))


@given(steps=steps, seed=st.integers(0, 2**32))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_all_views_converge_with_lost_doubled_and_late_hints(steps, seed):
    play(steps, FaultyLayer(seed))


@given(steps=steps)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_all_views_converge_without_any_hint(steps):
    play(steps, FaultyLayer(fates=("drop",)))


async def play_story(steps, layer):
    async with processes(PROCESSES, layer) as servers:
        people = [ProtocolClient(name) for name in ("Ana", "Ion", "Eva")]
        for number, person in enumerate(people):
            await person.connect(servers[number % PROCESSES], "lobby")
        for step in steps:
            await take_step(step, people, servers)
        await reconnect_everybody(people, servers)
        await wait_until_settled(people, servers)
        await check_views(people)
        for person in people:
            person.vanish()


async def take_step(step, people, servers):
    match step:
        case "send", number:
            await people[number].send(f"line {len(people[number].sent)}")
        case "repeat", number:
            await people[number].repeat()
        case "vanish", number if people[number].connected:
            people[number].vanish()
        case "reconnect", number, process if not people[number].connected:
            await people[number].connect(servers[process], "lobby")
        case "delete" | "restore" as change, seq:
            await change_message(change, seq, servers[0])
        case ("wait",):
            await asyncio.sleep(0.005)


async def change_message(change, seq, server):
    """Delete or restore a message through one process, which hints the others."""

    def apply():
        message = Message.objects.filter(room__slug="lobby", seq=seq).first()
        return message and getattr(log, change)(message.pk)

    receipt = await server.database.run(apply)
    if receipt and receipt.message:
        server.feed.publish_changes([receipt])


async def reconnect_everybody(people, servers):
    for number, person in enumerate(people):
        if not person.connected:
            await person.connect(servers[number % PROCESSES], "lobby")


async def wait_until_settled(people, servers):
    """Wait for every ack and all messages; each process polls the database, as by its clock."""
    await eventually(lambda: not any(person.unacknowledged() for person in people), "the last ack")
    room = await servers[0].database.run(log.find_room, "lobby", None)
    for server in servers:
        await server.feed.compare()

    def caught_up():
        return all(person.version >= room.version for person in people)

    while not caught_up():
        await eventually(
            lambda: caught_up() or any(p.has_pending_syncs for p in people), "the last message"
        )
        for person in people:
            await person.send_syncs()


async def check_views(people):
    stored = await asyncio.to_thread(stored_messages)
    seqs = [message["seq"] for message in stored]
    assert seqs == list(range(1, len(stored) + 1)), "the log has gaps"
    for person in people:
        assert person.errors == []
        view = [person.messages[seq] for seq in sorted(person.messages)]
        assert view == stored, f"{person.name} has another log"
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
