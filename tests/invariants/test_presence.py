"""I6: who is shown as present is who has a live connection, in every process."""

import asyncio
from unittest import mock

import pytest

from chat.cluster import peers
from chat.live import presence
from tests.support.clients import RuleKeeper
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, processes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def quick_clocks():
    """Seconds become tenths, so that a test need not wait for them."""
    with (
        mock.patch.object(presence, "LEAVE_AFTER", 0.3),
        mock.patch.object(peers, "SILENT_AFTER", 2.5),
        mock.patch.multiple("chat.live.server", TICK=0.1, BEAT_EVERY=0.5),
    ):
        yield


def names(person) -> set[str]:
    return set(person.people.values())


def run(fates, story, number=2):
    async def play():
        async with processes(number, FaultyLayer(seed=7, fates=fates)) as servers:
            await story(servers)

    asyncio.run(play())


def presences(person, kind: str) -> list[str]:
    events = [event for event in person.events if event["type"] == "presence"]
    return [user["name"] for event in events for user in event[kind]]


def test_the_first_to_join_through_a_process_is_told_who_is_there_through_others():
    async def story(servers):
        ana, ion = RuleKeeper("Ana"), RuleKeeper("Ion")
        await ana.connect(servers[0], "lobby")
        await eventually(lambda: servers[1].presence.counts(), "a beat")
        await ion.connect(servers[1], "lobby")
        assert names(ion) == {"Ana", "Ion"}
        await eventually(lambda: names(ana) == {"Ana", "Ion"}, "Ion's arrival")

    run(("deliver",), story)


def test_lists_agree_even_when_hints_are_lost_doubled_or_late():
    async def story(servers):
        people = [RuleKeeper(f"Person {number}") for number in range(6)]
        for number, person in enumerate(people):
            await person.connect(servers[number % 2], "lobby")
        people[5].vanish()
        rest = {person.name for person in people[:5]}
        await eventually(lambda: all(names(p) == rest for p in people[:5]), "agreement", 15)

    run(FaultyLayer.FATES, story)


def test_a_person_with_tabs_on_two_processes_is_one_person_until_the_last_tab_goes():
    async def story(servers):
        ana, tab, ion = RuleKeeper("Ana"), RuleKeeper("Ana"), RuleKeeper("Ion")
        await ion.connect(servers[0], "lobby")
        await ana.connect(servers[0], "lobby")
        tab.token = ana.token
        await tab.connect(servers[1], "lobby")
        await eventually(lambda: len(servers[1].presence.counts()) == 1, "the people")
        ana.vanish()
        room_id = next(iter(servers[0].presence.counts()))
        entries = servers[0].presence._mine[room_id]
        await eventually(lambda: len(entries) == 1, "the end of Ana's first tab")
        assert names(ion) == {"Ana", "Ion"}
        assert presences(ion, "left") == []
        tab.vanish()
        await eventually(lambda: names(ion) == {"Ion"}, "Ana's leaving")
        assert presences(ion, "joined") == ["Ana"]

    run(("deliver",), story)


def test_a_reload_is_not_a_leave():
    async def story(servers):
        ana, ion = RuleKeeper("Ana"), RuleKeeper("Ion")
        await ion.connect(servers[0], "lobby")
        await ana.connect(servers[0], "lobby")
        ana.vanish()
        await ana.connect(servers[1], "lobby")
        await eventually(
            lambda: (
                not servers[0]
                .presence._mine[next(iter(servers[0].presence._mine))]
                .get(ana._connection.user.id)
            ),
            "the end of the first entry",
        )
        assert presences(ion, "left") == []
        assert presences(ion, "joined") == ["Ana"]

    run(("deliver",), story)


def test_the_people_of_a_process_that_fell_silent_are_gone_in_time():
    async def story(servers):
        ana, ghost = RuleKeeper("Ana"), RuleKeeper("Ghost")
        await ana.connect(servers[0], "lobby")
        await ghost.connect(servers[1], "lobby")
        await eventually(lambda: names(ana) == {"Ana", "Ghost"}, "the ghost's arrival")
        [clock.cancel() for clock in servers[1]._clocks]
        await servers[1].hints.stop()
        await eventually(lambda: names(ana) == {"Ana"}, "the ghost's end", 5)

    run(("deliver",), story)


def test_while_its_own_layer_is_silent_a_process_keeps_the_others_people():
    async def story(servers):
        ana, ion = RuleKeeper("Ana"), RuleKeeper("Ion")
        await ana.connect(servers[0], "lobby")
        await ion.connect(servers[1], "lobby")
        await eventually(lambda: names(ana) == {"Ana", "Ion"}, "Ion's arrival")
        layer = servers[0].hints.layer
        with (
            mock.patch("chat.cluster.hints.DEAF_AFTER", 0.2),
            mock.patch("chat.cluster.hints.ECHO_EVERY", 0.1),
        ):
            layer.fates = ("drop",)
            await eventually(lambda: all(s.hints.sick for s in servers), "the silence")
            silent_since = asyncio.get_running_loop().time()
            eviction = silent_since + peers.SILENT_AFTER + 1
            await eventually(
                lambda: asyncio.get_running_loop().time() > eviction, "the time of an eviction"
            )
            assert names(ana) == {"Ana", "Ion"}
            layer.fates = ("deliver",)
            await eventually(lambda: not any(s.hints.sick for s in servers), "the layer's return")
        assert presences(ana, "left") == []

    run(("deliver",), story)


def test_a_large_room_tells_who_came_at_most_once_a_second_and_counts_right():
    async def story(servers):
        ana = RuleKeeper("Ana")
        await ana.connect(servers[0], "lobby")
        crowd = [RuleKeeper(f"Guest {number}") for number in range(150)]
        for person in crowd:
            await person.connect(servers[0], "lobby")
        await eventually(lambda: presence_counts(ana)[-1] == 151, "the whole crowd")
        assert len(presence_counts(ana)) <= presence.SMALL_ROOM + 10
        last = next(event for event in crowd[-1].events if event["type"] == "joined")
        assert (len(last["members"]), last["count"]) == (100, 151)

    run(("deliver",), story, number=1)


def presence_counts(person) -> list[int]:
    return [event["count"] for event in person.events if event["type"] == "presence"]
