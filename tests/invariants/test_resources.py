"""I7: the resources of a crowd are freed when the crowd has left."""

import asyncio
import threading
from unittest import mock

import pytest

from chat.live import presence
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes, resources

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_clocks():
    with mock.patch.object(presence, "LEAVE_AFTER", 0.1), mock.patch("chat.live.clock.TICK", 0.1):
        yield


async def crowd_joins_sends_and_leaves(servers):
    people = [ProtocolClient(f"Guest {number}") for number in range(40)]
    for number, person in enumerate(people):
        await person.connect(servers[number % 2], f"room {number % 5}")
        await person.send_command("typing", room=person.room)
        await person.send("hello")
    await eventually(lambda: not any(person.unacknowledged() for person in people), "the acks")
    for person in people:
        person.vanish()


def test_resources_are_freed_when_the_last_client_leaves():
    async def story():
        async with processes(2, FaultyLayer(fates=("deliver",))) as servers:
            before = [resources(server) for server in servers]
            tasks = len(asyncio.all_tasks())
            await crowd_joins_sends_and_leaves(servers)
            await eventually(
                lambda: [resources(s) for s in servers] == before, "the release of all resources"
            )
            await eventually(lambda: len(asyncio.all_tasks()) <= tasks, "the end of the tasks")

    asyncio.run(story())


def test_threads_and_database_connections_end_with_the_server():
    before = set(threading.enumerate())

    async def story():
        async with processes(2, FaultyLayer(fates=("deliver",))) as servers:
            await crowd_joins_sends_and_leaves(servers)
            assert threading.active_count() > len(before)

    asyncio.run(story())
    left = set(threading.enumerate()) - before
    assert [thread.name for thread in left if thread.name.startswith("chat-")] == []
