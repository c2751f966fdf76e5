"""A person's channel: events for somebody, wherever they are connected."""

import asyncio

import pytest

from chat.protocol import PongEvent
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)


def run(story):
    async def play():
        async with processes(2, FaultyLayer(fates=("deliver",))) as servers:
            await eventually(lambda: all(s.presence.peers for s in servers), "the heartbeats")
            await story(*servers)

    asyncio.run(play())


def received(person: ProtocolClient) -> int:
    return sum(event["type"] == "pong" and event["id"] == "for Ana" for event in person.events)


def test_an_event_reaches_all_connections_of_a_person_and_nobody_else():
    async def story(here, there):
        ana, same, charlie = ProtocolClient("Ana"), ProtocolClient("Ana"), ProtocolClient("Charlie")
        await ana.connect(here, "lobby")
        same.token = ana.token
        await same.connect(there, "tea")
        await charlie.connect(there, "lobby")
        person_id = ana.user_id
        here.persons.send(person_id, PongEvent(id="for Ana"))
        await eventually(lambda: received(ana) and received(same), "the event")
        there.persons.send(person_id, PongEvent(id="for Ana"))
        await eventually(lambda: received(ana) == received(same) == 2, "the second event")
        assert not received(charlie)

    run(story)


def test_an_event_for_somebody_who_is_not_connected_is_dropped():
    async def story(here, there):
        here.persons.send("nobody", PongEvent(id="for Ana"))
        await asyncio.sleep(0)

    run(story)
