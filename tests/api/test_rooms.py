"""GET /api/v1/rooms: the rooms, and how many people are in each."""

import json
from unittest import mock

from django.test import TestCase

from chat.api.rooms import _rooms
from chat.models import Alias, Room
from tests.access.support import admit, make_private
from tests.api.support import Caller
from tests.support.people import block
from tests.support.sockets import SocketTestCase, connect


async def rooms() -> list[dict]:
    """Return the rooms that anybody gets."""
    response = await Caller().get("rooms")
    assert response.status == 200
    return response["rooms"]


class RoomsTests(SocketTestCase):
    async def test_a_site_without_rooms_lists_none(self):
        assert await rooms() == []

    async def test_every_room_is_listed_with_its_count(self):
        room = await Room.objects.acreate(slug="lobby", name="Lobby", topic="Come in", closed=True)
        assert await rooms() == [
            {
                "id": room.public_id,
                "slug": "lobby",
                "name": "Lobby",
                "topic": "Come in",
                "kind": "public",
                "closed": True,
                "epoch": room.epoch,
                "version": 0,
                "seq": 0,
                "count": 0,
            }
        ]

    async def test_one_room_is_read_by_its_address_a_former_one_or_its_id(self):
        room = await Room.objects.acreate(slug="tea", name="Tea")
        await Alias.objects.acreate(slug="coffee", room=room)
        for address in ("tea", "coffee", room.public_id):
            found = await Caller().get(f"rooms/{address}")
            assert (found.status, found["slug"], found["id"]) == (200, "tea", room.public_id)
        assert "my" not in found.body

    async def test_a_room_that_is_not_open_to_all_is_read_by_who_belongs_to_it(self):
        room = await make_private()
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await admit(room, ana.user)
            found = await Caller(ana.token).get("rooms/club")
            assert (found["slug"], found["my"]["role"]) == ("club", "member")
            missing = await Caller().get("rooms/nothing")
            for caller in (Caller(), Caller(charlie.token)):
                refusal = await caller.get("rooms/club")
                assert refusal.body == missing.body
                refusal.check_error(404, "not_found")

    async def test_the_count_is_of_people_not_of_sockets(self):
        async with (
            connect("Ana") as ana,
            connect(token=ana.token) as tab,
            connect("Ion") as ion,
        ):
            for socket in (ana, tab, ion):
                await socket.join("lobby")
            await ion.join("tea")
            counts = {room["slug"]: room["count"] for room in await rooms()}
            assert counts == {"lobby": 2, "tea": 1}

    async def test_a_room_is_listed_with_the_end_of_its_log(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("one")
            await ana.send("two")
            (lobby,) = await rooms()
            assert (lobby["version"], lobby["seq"]) == (2, 2)

    async def test_blocked_people_are_not_counted(self):
        async with connect("Charlie") as charlie:
            await charlie.join("lobby")
            await block(charlie.user["id"])
            await charlie.closed()
            assert [room["count"] for room in await rooms()] == [0]

    async def test_of_many_rooms_the_fullest_are_listed(self):
        with mock.patch("chat.live.roomlist.MAX_ROOMS", 2):
            for name in ("a", "b", "c"):
                await Room.objects.acreate(slug=name, name=name)
            async with connect("Ana") as ana:
                await ana.join("c")
                listed = [(room["slug"], room["count"]) for room in await rooms()]
            assert listed == [("c", 1), ("a", 0)]


class ListTests(TestCase):
    def test_the_list_is_sorted_by_name_and_costs_one_query(self):
        Room.objects.bulk_create(Room(slug=f"r{n}", name=f"Room {n:02}") for n in range(30, 0, -1))
        with self.assertNumQueries(1):
            listed = json.loads(_rooms(None))["rooms"]
        assert [room["name"] for room in listed] == [f"Room {n:02}" for n in range(1, 31)]
