"""GET /api/v1/rooms/SLUG/events as long polling (Accept: application/json)."""

import asyncio
from unittest import mock
from urllib.parse import urlencode

from asgiref.sync import sync_to_async

from chat.api.polls import Poll
from chat.api.readers import end_readers
from chat.cluster import announce
from chat.live import server
from tests.access.support import admit
from tests.api.support import ApiResponse, Caller, make_room, new_guest, new_member
from tests.support.holding import holding
from tests.support.people import block, change_room
from tests.support.processes import eventually
from tests.support.rooms import fill
from tests.support.sockets import DEADLINE, SocketTestCase, connect
from tests.support.streams import disconnect, request_events

LONGEST = 30


def bodies_of(response: ApiResponse) -> list[str]:
    return [e["message"]["body"] for e in response["events"] if e["type"] == "message"]


async def state(caller: Caller, **query) -> dict:
    """Poll without waiting; return the position to go on from."""
    response = await caller.poll(wait=0, **query)
    assert response.status == 200, response.body
    return {"after": response["version"], "epoch": response["epoch"]}


async def waiting(caller: Caller, **query) -> asyncio.Task:
    """Begin a poll; return it when it waits for events."""
    running = await server.current()
    before = len(running.registry.connections)
    poll = asyncio.create_task(caller.poll(wait=LONGEST, **query))
    await eventually(lambda: len(running.registry.connections) > before, "the poll")
    for connection in running.registry.connections:
        await eventually(
            lambda c=connection: any(f.position for f in c.rooms.values()), "its position"
        )
    return poll


class PollTests(SocketTestCase):
    async def test_the_first_poll_returns_at_once_with_a_position(self):
        await fill("lobby", 60)
        ana = await new_guest("Ana")
        response = await ana.poll(wait=LONGEST)
        assert response["reset"] is True
        assert bodies_of(response) == [f"m{number}" for number in range(11, 61)]
        assert response["version"] == 60
        assert response["room"]["slug"] == "lobby"
        assert (response["more"], response["count"], response["members"]) == (True, 1, [ana.user])

    async def test_missed_messages_are_returned_at_once(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        place = await state(ana)
        await fill("lobby", 2, start=3)
        response = await ana.poll(wait=LONGEST, **place)
        assert (response["reset"], bodies_of(response), response["version"]) == (
            False,
            ["m3", "m4"],
            4,
        )

    async def test_a_new_message_ends_the_wait(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        poll = await waiting(ana, **await state(ana))
        await ion.send_message("hello")
        response = await asyncio.wait_for(poll, DEADLINE)
        assert (response["reset"], bodies_of(response), response["version"]) == (
            False,
            ["hello"],
            1,
        )

    async def test_another_event_ends_the_wait_at_the_same_position(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        place = await state(ana)
        poll = await waiting(ana, **place)
        await change_room("lobby", topic="tea")
        response = await asyncio.wait_for(poll, DEADLINE)
        assert [event["type"] for event in response["events"]] == ["room"]
        assert place == {"after": response["version"], "epoch": response["epoch"]}

    async def test_an_event_of_the_person_ends_the_wait_as_in_a_stream(self):
        mara, ion = await new_member("Mara"), await new_guest("Ion")
        for room in ("lobby", "tea"):
            await admit(await make_room(room), mara.user)
        place = await state(mara)
        for happens, kind in (
            (ion.send_message("@Mara, look", room="tea"), "notice"),
            (mara.put("rooms/tea/read", {"seq": 1}), "read"),
            (mara.delete(f"rooms/lobby/members/{mara.user['id']}"), "left"),
        ):
            poll = await waiting(mara, **place)
            assert (await happens).status in (201, 204)
            response = await asyncio.wait_for(poll, DEADLINE)
            assert [event["type"] for event in response["events"]] == [kind]
            Poll.model_validate(response.body)

    async def test_a_poll_in_a_room_that_gets_a_password_ends_with_that(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        await mara.post("rooms", {"name": "Lobby Bar"})
        poll = await waiting(ana, room="lobby-bar", **await state(ana, room="lobby-bar"))
        await mara.patch("rooms/lobby-bar", {"password": "sesame"})
        (await asyncio.wait_for(poll, DEADLINE)).check_error(403, "password_required")

    async def test_after_the_wait_a_poll_may_be_empty(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        place = await state(ana)
        for wait in (0, 1):
            async with asyncio.timeout(DEADLINE):
                response = await ana.poll(wait=wait, **place)
            assert (response.status, response["events"], response["version"]) == (200, [], 2)

    async def test_a_series_of_polls_misses_and_repeats_nothing(self):
        await make_room()
        ana, ion = await new_guest("Ana"), await new_guest("Ion")
        place, received = await state(ana), []
        bodies = [f"m{number}" for number in range(30)]

        async def talk():
            for body in bodies:
                await ion.send_message(body)

        talking = asyncio.create_task(talk())
        while len(received) < len(bodies):
            response = await ana.poll(wait=5, **place)
            received += bodies_of(response)
            place = {"after": response["version"], "epoch": response["epoch"]}
        await talking
        assert received == bodies

    async def test_another_epoch_starts_afresh(self):
        await fill("lobby", 2)
        response = await (await new_guest("Ana")).poll(after=1, epoch="other")
        assert (response["reset"], bodies_of(response)) == (True, ["m1", "m2"])


class PresenceTests(SocketTestCase):
    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.2)
    async def test_a_poller_is_present_between_polls(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            place = await state(ana)
            assert (await ion.next("presence"))["joined"] == [ana.user]
            for _ in range(3):
                place = await state(ana, **place)
            await ion.receives_nothing(0.1)
            assert (await ion.next("presence"))["left"] == [ana.user]

    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.01)
    async def test_a_client_that_disconnects_while_waiting_leaves(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            query = urlencode({"wait": LONGEST, **await state(ana)})
            poll = await request_events(ana, "lobby", query, {"Accept": "application/json"})
            running = await server.current()
            await eventually(lambda: len(running.registry.connections) == 2, "the poll")
            await disconnect(poll)
            assert len(running.registry.connections) == 1
            assert (await ion.next("presence"))["joined"] == [ana.user]
            assert (await ion.next("presence"))["left"] == [ana.user]


class RefusalTests(SocketTestCase):
    async def test_presence_needs_authentication(self):
        await make_room()
        (await Caller().poll()).check_error(401, "unauthorized")

    async def test_a_missing_room_or_a_taken_name_is_refused(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            charlie = await new_guest("ana")
            (await charlie.poll()).check_error(409, "name_taken")
            (await charlie.poll("nowhere")).check_error(404, "not_found")
            (await charlie.poll(wait=31)).check_error(400, "bad_request")

    async def test_a_person_removed_while_waiting_is_refused_at_once(self):
        await make_room()
        charlie = await new_guest("Charlie")
        poll = await waiting(charlie, **await state(charlie))
        await block(charlie.user["id"])
        (await asyncio.wait_for(poll, DEADLINE)).check_error(403, "forbidden")

    async def test_deleting_the_room_ends_the_poll_with_not_found(self):
        room = await make_room()
        ana = await new_guest("Ana")
        poll = await waiting(ana, **await state(ana))
        await room.adelete()
        await sync_to_async(announce.room_changed)(room)
        (await asyncio.wait_for(poll, DEADLINE)).check_error(404, "not_found")

    async def test_a_stopping_process_ends_its_polls(self):
        await make_room()
        ana = await new_guest("Ana")
        poll = await waiting(ana, **await state(ana))
        end_readers(await server.current())
        assert (await asyncio.wait_for(poll, DEADLINE))["events"] == []

    async def test_a_stopping_process_ends_a_poll_that_just_joins(self):
        await make_room()
        ana = await new_guest("Ana")
        known = await state(ana)
        with holding("chat.log", "get_room", when_done=True) as hold:
            poll = asyncio.create_task(ana.poll(**known, wait=30))
            await hold.reached()
            end_readers(await server.current())
            hold.release()
            assert (await asyncio.wait_for(poll, DEADLINE))["events"] == []
