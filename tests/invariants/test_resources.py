"""I7: what a crowd cost is given back when the crowd has gone."""

import asyncio
import threading
from unittest import mock

import pytest

from chat.cluster.hints import SITE
from chat.live import presence
from tests.support.clients import RuleKeeper
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_clocks():
    with mock.patch.object(presence, "LEAVE_AFTER", 0.1), mock.patch("chat.live.server.TICK", 0.1):
        yield


async def crowd_comes_talks_and_goes(servers):
    people = [RuleKeeper(f"Guest {number}") for number in range(40)]
    for number, person in enumerate(people):
        await person.connect(servers[number % 2], f"room {number % 5}")
        await person.command("typing", room=person.room)
        await person.say("here I am")
    await eventually(lambda: not any(person.unanswered() for person in people), "the acks")
    for person in people:
        person.vanish()


def remains(server) -> dict:
    return {
        "connections": len(server.connections),
        "people": sum(server._by_person.values(), start=set()) if server._by_person else 0,
        "streams": len(server.feed.streams()),
        "rooms with people": len(server.presence.occupied()),
        "rooms shown": len(server.presence._shown),
        "groups": server.hints._groups - {SITE},
    }


def test_streams_subscriptions_presence_and_tasks_go_when_the_last_reader_has_gone():
    async def story():
        async with processes(2, FaultyLayer(fates=("deliver",))) as servers:
            nothing = [remains(server) for server in servers]
            tasks = len(asyncio.all_tasks())
            await crowd_comes_talks_and_goes(servers)
            await eventually(lambda: [remains(s) for s in servers] == nothing, "the emptiness")
            await eventually(lambda: len(asyncio.all_tasks()) <= tasks, "the end of the tasks")

    asyncio.run(story())


def test_threads_and_database_connections_end_with_the_server():
    before = threading.active_count()

    async def story():
        async with processes(2, FaultyLayer(fates=("deliver",))) as servers:
            await crowd_comes_talks_and_goes(servers)
            assert threading.active_count() > before

    asyncio.run(story())
    chat_threads = [t.name for t in threading.enumerate() if t.name.startswith("chat-")]
    assert chat_threads == []
