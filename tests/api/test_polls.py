"""GET /api/v1/rooms/SLUG/events with Accept: application/json: one answer at a time."""

import asyncio
from unittest import mock
from urllib.parse import urlencode

from asgiref.sync import sync_to_async

from chat.api.readers import send_away
from chat.cluster import announce
from chat.live import server
from tests.api.support import Answer, Caller, make_room, new_guest
from tests.support.holding import holding
from tests.support.people import block, change_room
from tests.support.processes import eventually
from tests.support.rooms import fill
from tests.support.sockets import DEADLINE, SocketTestCase, connect
from tests.support.streams import asked, gone

FOR_EVER = 30


def said(answer: Answer) -> list[str]:
    return [e["message"]["body"] for e in answer["events"] if e["type"] == "message"]


async def state(caller: Caller, **query) -> dict:
    """Poll where nothing need be new; return from where to go on."""
    answer = await caller.poll(wait=0, **query)
    assert answer.status == 200, answer.body
    return {"after": answer["version"], "epoch": answer["epoch"]}


async def waiting(caller: Caller, **query) -> asyncio.Task:
    """Begin a poll; return it when it waits for something to happen."""
    running = await server.current()
    before = len(running.connections)
    poll = asyncio.create_task(caller.poll(wait=FOR_EVER, **query))
    await eventually(lambda: len(running.connections) > before, "the poll")
    for connection in running.connections:
        await eventually(
            lambda c=connection: any(f.position for f in c.rooms.values()), "its place"
        )
    return poll


class PollTests(SocketTestCase):
    async def test_the_first_answer_comes_at_once_and_is_where_to_go_on_from(self):
        await fill("lobby", 60)
        ana = await new_guest("Ana")
        answer = await ana.poll(wait=FOR_EVER)
        assert answer["reset"] is True
        assert said(answer) == [f"m{number}" for number in range(11, 61)]
        assert answer["version"] == 60
        assert answer["room"]["slug"] == "lobby"
        assert (answer["more"], answer["count"], answer["members"]) == (True, 1, [ana.user])

    async def test_what_was_missed_comes_at_once(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        place = await state(ana)
        await fill("lobby", 2, start=3)
        answer = await ana.poll(wait=FOR_EVER, **place)
        assert (answer["reset"], said(answer), answer["version"]) == (False, ["m3", "m4"], 4)

    async def test_what_happens_ends_the_waiting(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        poll = await waiting(ana, **await state(ana))
        await ion.says("hello")
        answer = await asyncio.wait_for(poll, DEADLINE)
        assert (answer["reset"], said(answer), answer["version"]) == (False, ["hello"], 1)

    async def test_what_is_no_message_ends_it_too_and_leaves_one_where_one_was(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        place = await state(ana)
        poll = await waiting(ana, **place)
        await change_room("lobby", topic="tea")
        answer = await asyncio.wait_for(poll, DEADLINE)
        assert [event["type"] for event in answer["events"]] == ["room"]
        assert place == {"after": answer["version"], "epoch": answer["epoch"]}

    async def test_after_the_wait_there_may_be_nothing(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        place = await state(ana)
        for wait in (0, 1):
            async with asyncio.timeout(DEADLINE):
                answer = await ana.poll(wait=wait, **place)
            assert (answer.status, answer["events"], answer["version"]) == (200, [], 2)

    async def test_poll_after_poll_nothing_is_missed_and_nothing_comes_twice(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        place, heard = await state(ana), []
        bodies = [f"m{number}" for number in range(30)]

        async def talk():
            for body in bodies:
                await ion.says(body)

        talking = asyncio.create_task(talk())
        while len(heard) < len(bodies):
            answer = await ana.poll(wait=5, **place)
            heard += said(answer)
            place = {"after": answer["version"], "epoch": answer["epoch"]}
        await talking
        assert heard == bodies

    async def test_from_another_life_of_the_room_one_begins_anew(self):
        await fill("lobby", 2)
        answer = await (await new_guest("Ana")).poll(after=1, epoch="other")
        assert (answer["reset"], said(answer)) == (True, ["m1", "m2"])


class PresenceTests(SocketTestCase):
    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.2)
    async def test_a_poller_is_present_between_polls_and_leaves_with_the_last(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            place = await state(ana)
            assert (await ion.next("presence"))["joined"] == [ana.user]
            for _ in range(3):
                place = await state(ana, **place)
            await ion.says_nothing(0.1)
            assert (await ion.next("presence"))["left"] == [ana.user]

    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.01)
    async def test_a_client_that_goes_while_it_waits_is_gone_at_once(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            query = urlencode({"wait": FOR_EVER, **await state(ana)})
            poll = await asked(ana, "lobby", query, {"Accept": "application/json"})
            running = await server.current()
            await eventually(lambda: len(running.connections) == 2, "the poll")
            await gone(poll)
            assert len(running.connections) == 1
            assert (await ion.next("presence"))["joined"] == [ana.user]
            assert (await ion.next("presence"))["left"] == [ana.user]


class RefusalTests(SocketTestCase):
    async def test_nobody_in_particular_cannot_be_present(self):
        await make_room()
        (await Caller().poll()).refused(401, "unauthorized")

    async def test_a_room_that_is_not_there_and_a_name_that_is_taken(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            charlie = await new_guest("ana")
            (await charlie.poll()).refused(409, "name_taken")
            (await charlie.poll("nowhere")).refused(404, "not_found")
            (await charlie.poll(wait=31)).refused(400, "bad_request")

    async def test_whoever_is_removed_while_they_wait_is_told_at_once(self):
        await make_room()
        charlie = await new_guest("Charlie")
        poll = await waiting(charlie, **await state(charlie))
        await block(charlie.user["id"])
        (await asyncio.wait_for(poll, DEADLINE)).refused(403, "forbidden")

    async def test_a_room_that_is_deleted_is_not_found(self):
        room = await make_room()
        ana = await new_guest("Ana")
        poll = await waiting(ana, **await state(ana))
        await room.adelete()
        await sync_to_async(announce.room_changed)(room)
        (await asyncio.wait_for(poll, DEADLINE)).refused(404, "not_found")

    async def test_a_process_that_stops_lets_a_poller_go_at_once(self):
        await make_room()
        ana = await new_guest("Ana")
        poll = await waiting(ana, **await state(ana))
        send_away(await server.current())
        assert (await asyncio.wait_for(poll, DEADLINE))["events"] == []

    async def test_a_process_that_stops_lets_a_poller_go_who_was_on_their_way_in(self):
        await make_room()
        ana = await new_guest("Ana")
        known = await state(ana)
        with holding("chat.log", "find_room", when_done=True) as hold:
            poll = asyncio.create_task(ana.poll(**known, wait=30))
            await hold.reached()
            send_away(await server.current())
            hold.release()
            assert (await asyncio.wait_for(poll, DEADLINE))["events"] == []
