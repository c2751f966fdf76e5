"""I6: every process shows as present exactly those who have a live connection."""

import asyncio
from unittest import mock

import pytest

from chat.cluster import peers
from chat.live import presence
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes, silence

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_clocks():
    """Seconds become tenths, so that tests take less time."""
    with (
        mock.patch.object(presence, "LEAVE_AFTER", 0.3),
        mock.patch.object(peers, "SILENT_AFTER", 2.5),
        mock.patch.multiple("chat.live.clock", TICK=0.1, HEARTBEAT_EVERY=0.5),
    ):
        yield


def names(person) -> set[str]:
    return set(person.people.values())


def run(fates, story, number=2):
    async def play():
        async with processes(number, FaultyLayer(seed=7, fates=fates)) as servers:
            await story(servers)

    asyncio.run(play())


def names_in_presence(person, kind: str) -> list[str]:
    events = [event for event in person.events if event["type"] == "presence"]
    return [user["name"] for event in events for user in event[kind]]


def test_a_join_lists_the_people_of_other_processes():
    async def story(servers):
        ana, ion = ProtocolClient("Ana"), ProtocolClient("Ion")
        await ana.connect(servers[0], "lobby")
        await eventually(lambda: servers[1].presence.counts(), "a heartbeat")
        await ion.connect(servers[1], "lobby")
        assert names(ion) == {"Ana", "Ion"}
        await eventually(lambda: names(ana) == {"Ana", "Ion"}, "Ion's arrival")

    run(("deliver",), story)


def test_lists_agree_when_hints_are_lost_doubled_or_late():
    async def story(servers):
        people = [ProtocolClient(f"Person {number}") for number in range(6)]
        for number, person in enumerate(people):
            await person.connect(servers[number % 2], "lobby")
        people[5].vanish()
        rest = {person.name for person in people[:5]}
        await eventually(lambda: all(names(p) == rest for p in people[:5]), "agreement", 15)

    run(FaultyLayer.FATES, story)


def test_a_person_on_two_processes_leaves_with_their_last_tab():
    async def story(servers):
        ana, tab, ion = ProtocolClient("Ana"), ProtocolClient("Ana"), ProtocolClient("Ion")
        await ion.connect(servers[0], "lobby")
        await ana.connect(servers[0], "lobby")
        tab.token = ana.token
        await tab.connect(servers[1], "lobby")
        await eventually(lambda: len(servers[1].presence.counts()) == 1, "the people")
        ana.vanish()
        room_id = next(iter(servers[0].presence.counts()))
        own = servers[0].presence.own_people
        await eventually(lambda: len(own(room_id)) == 1, "the end of Ana's first tab")
        assert names(ion) == {"Ana", "Ion"}
        assert names_in_presence(ion, "left") == []
        tab.vanish()
        await eventually(lambda: names(ion) == {"Ion"}, "Ana's leave")
        assert names_in_presence(ion, "joined") == ["Ana"]

    run(("deliver",), story)


def test_a_reload_is_not_a_departure():
    async def story(servers):
        ana, ion = ProtocolClient("Ana"), ProtocolClient("Ion")
        await ion.connect(servers[0], "lobby")
        await ana.connect(servers[0], "lobby")
        ana.vanish()
        await ana.connect(servers[1], "lobby")
        own, room_id = servers[0].presence.own_people, ion.room_id
        await eventually(
            lambda: ana.user_id not in {user.id for user in own(room_id)}, "Ana's first leave"
        )
        assert names_in_presence(ion, "left") == []
        assert names_in_presence(ion, "joined") == ["Ana"]

    run(("deliver",), story)


def test_the_people_of_a_silent_process_leave_in_time():
    async def story(servers):
        ana, ghost = ProtocolClient("Ana"), ProtocolClient("Ghost")
        await ana.connect(servers[0], "lobby")
        await ghost.connect(servers[1], "lobby")
        await eventually(lambda: names(ana) == {"Ana", "Ghost"}, "the ghost's arrival")
        await silence(servers[1])
        await eventually(lambda: names(ana) == {"Ana"}, "the ghost's leave", 5)

    run(("deliver",), story)


def test_a_process_with_a_silent_layer_keeps_the_others_people():
    async def story(servers):
        ana, ion = ProtocolClient("Ana"), ProtocolClient("Ion")
        await ana.connect(servers[0], "lobby")
        await ion.connect(servers[1], "lobby")
        await eventually(lambda: names(ana) == {"Ana", "Ion"}, "Ion's arrival")
        layer = servers[0].hints.layer
        with (
            mock.patch("chat.cluster.transport.DEAF_AFTER", 0.2),
            mock.patch("chat.cluster.transport.ECHO_EVERY", 0.1),
        ):
            layer.fates = ("drop",)
            await eventually(lambda: all(s.hints.is_deaf for s in servers), "the silence")
            silent_since = asyncio.get_running_loop().time()
            eviction = silent_since + peers.SILENT_AFTER + 1
            await eventually(
                lambda: asyncio.get_running_loop().time() > eviction, "the time of an eviction"
            )
            assert names(ana) == {"Ana", "Ion"}
            layer.fates = ("deliver",)
            await eventually(
                lambda: not any(s.hints.is_deaf for s in servers), "the layer's return"
            )
        assert names_in_presence(ana, "left") == []

    run(("deliver",), story)


def test_a_crowd_that_joins_a_room_is_sent_gathered():
    async def story(servers):
        ana = ProtocolClient("Ana")
        await ana.connect(servers[0], "lobby")
        started = asyncio.get_running_loop().time()
        crowd = [ProtocolClient(f"Guest {number}") for number in range(150)]
        for person in crowd:
            await person.connect(servers[0], "lobby")
        await eventually(lambda: presence_counts(ana)[-1] == 151, "the whole crowd")
        lasted = asyncio.get_running_loop().time() - started
        most = presence.SMALL_ROOM + 2 + lasted / presence.gathering(presence.SMALL_ROOM + 1)
        assert len(presence_counts(ana)) <= min(most, 75)
        last = next(event for event in crowd[-1].events if event["type"] == "joined")
        assert (len(last["members"]), last["count"]) == (100, 151)

    run(("deliver",), story, number=1)


def presence_counts(person) -> list[int]:
    return [event["count"] for event in person.events if event["type"] == "presence"]


def test_who_has_sent_what_they_typed_is_not_typing_in_any_process():
    async def story(servers):
        ana, ion, eva = ProtocolClient("Ana"), ProtocolClient("Ion"), ProtocolClient("Eva")
        await ana.connect(servers[0], "lobby")
        for person in (ion, eva):
            await person.connect(servers[1], "lobby")
        await eventually(lambda: names(ion) == {"Ana", "Ion", "Eva"}, "everybody")
        await ana.send_command("typing", room=ana.room)
        await eventually(lambda: typists(ion)[-1:] == [["Ana"]], "Ana types")
        await ana.send("hello")
        await eventually(lambda: ion.messages, "the message")
        await eva.send_command("typing", room=eva.room)
        await eventually(lambda: typists(ion)[1:], "Eva types")
        assert typists(ion)[1:] == [["Eva"]]

    run(("deliver",), story)


def typists(person) -> list[list[str]]:
    events = [event for event in person.events if event["type"] == "typing"]
    return [[user["name"] for user in event["users"]] for event in events]
