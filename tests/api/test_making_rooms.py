"""POST /api/v1/rooms: public, private and direct rooms, and those with a password."""

import asyncio

from django.contrib.auth import get_user_model

from chat.models import Alias, Membership, Room
from tests.access.support import connected, make_private
from tests.api.support import Caller, new_guest, new_member
from tests.support.people import block, configure
from tests.support.sockets import SocketTestCase

Role = Membership.Role


async def roles(room: dict) -> dict[str, str]:
    """Return who belongs to a room, by their names."""
    found = Membership.objects.filter(room__public_id=room["id"])
    return {name: role async for name, role in found.values_list("person__name", "role")}


class PublicTests(SocketTestCase):
    async def test_a_member_who_makes_a_room_owns_it_and_a_guest_does_not(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        tea = await mara.post("rooms", {"name": "Tea"})
        assert (tea.status, tea["slug"], tea["my"]["role"]) == (201, "tea", "owner")
        assert (await mara.post("rooms", {"name": "tea!", "kind": "public"})).status == 200
        chess = await ana.post("rooms", {"name": "Chess"})
        assert (chess.status, "my" in chess.body) == (201, False)

    async def test_nobody_owns_the_default_room_for_having_come_first(self):
        mara = await new_member("Mara")
        lobby = await mara.post("rooms", {"name": "Lobby"})
        assert (lobby.status, "my" in lobby.body) == (201, False)
        (await mara.patch("rooms/lobby", {"kind": "private"})).check_error(403, "forbidden")

    async def test_a_room_is_made_with_a_password(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        made = await mara.post("rooms", {"name": "Safe", "password": "sesame"})
        assert (made.status, made["kind"]) == (201, "public")
        assert "sesame" not in str(made.body) + (await Room.objects.aget()).password
        async with connected(ana) as socket:
            await socket.send_command("join", room="safe")
            await socket.receives_error("password_required")
            await socket.join("safe", password="sesame")

    async def test_finding_a_room_with_a_password_says_that_it_asks_for_one(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        await mara.post("rooms", {"name": "Safe", "password": "sesame"})
        (await ana.post("rooms", {"name": "safe"})).check_error(403, "password_required")
        assert (await mara.post("rooms", {"name": "safe"})).status == 200

    async def test_a_password_is_for_a_new_room_alone(self):
        mara = await new_member("Mara")
        await mara.post("rooms", {"name": "Tea"})
        taken = await mara.post("rooms", {"name": "Tea", "password": "sesame"})
        taken.check_error(409, "conflict")
        assert (await Room.objects.aget()).password == ""

    async def test_a_public_room_takes_an_address_that_others_moved_from(self):
        club = await make_private("club~abcdefghijkl", name="Club")
        await Alias.objects.acreate(slug="club", room=club)
        for charlie in (await new_guest("Charlie"), await new_member("Carla")):
            made = await charlie.post("rooms", {"name": "club"})
            assert (made["slug"], made["name"]) == ("club", "club")
        assert not await Alias.objects.aexists()

    async def test_fields_of_another_kind_are_refused(self):
        mara = await new_member("Mara")
        for fields in (
            {},
            {"name": ""},
            {"name": "!?", "kind": "private"},
            {"kind": "private"},
            {"name": "Tea", "members": []},
            {"name": "Tea", "kind": "private", "password": "sesame"},
            {"name": "Tea", "kind": "direct", "members": ["x"]},
            {"kind": "direct", "members": ["x"], "password": "sesame"},
            {"name": "Tea", "password": ""},
            {"name": "Tea", "password": "x" * 129},
            {"name": "Tea", "kind": "secret"},
            {"name": "Tea", "kind": "private", "members": ["x"] * 51},
        ):
            (await mara.post("rooms", fields)).check_error(400, "bad_request")
        assert not await Room.objects.aexists()


class PrivateTests(SocketTestCase):
    async def test_it_is_always_new_and_nobody_can_guess_where(self):
        mara = await new_member("Mara")
        first = await mara.post("rooms", {"name": "Club", "kind": "private"})
        second = await mara.post("rooms", {"name": "Club", "kind": "private"})
        assert (first.status, second.status) == (201, 201)
        assert first["slug"] != second["slug"]
        for room in (first, second):
            assert room["slug"].startswith("club~")
            assert (room["kind"], room["name"], room["my"]["role"]) == ("private", "Club", "owner")

    async def test_its_members_belong_to_it_and_nobody_else(self):
        mara, dan, charlie = [await new_member(name) for name in ("Mara", "Dan", "Charlie")]
        members = [dan.user["id"], mara.user["id"]]
        club = await mara.post("rooms", {"name": "Club", "kind": "private", "members": members})
        assert await roles(club) == {"Mara": "owner", "Dan": "member"}
        assert (await dan.get(f"rooms/{club['slug']}/messages")).status == 200
        for address in (club["slug"], club["id"], "club"):
            (await charlie.get(f"rooms/{address}/messages")).check_error(404, "not_found")

    async def test_whom_one_may_not_write_to_is_nobody(self):
        mara, ana, charlie = await new_member("Mara"), await new_guest("Ana"), await new_member("C")
        await block(charlie.user["id"])
        for whom in (ana.user["id"], charlie.user["id"], "nobody"):
            for kind in ({"name": "Club", "kind": "private"}, {"kind": "direct"}):
                refusal = await mara.post("rooms", {**kind, "members": [whom]})
                refusal.check_error(404, "not_found")
        assert not await Room.objects.aexists()

    async def test_guests_make_none(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        for fields in (
            {"name": "Club", "kind": "private"},
            {"kind": "direct", "members": [mara.user["id"]]},
            {"name": "Safe", "password": "sesame"},
        ):
            (await ana.post("rooms", fields)).check_error(403, "forbidden")
            (await Caller().post("rooms", fields)).check_error(401, "unauthorized")
        assert not await Room.objects.aexists()

    async def test_where_admins_alone_start_rooms_nobody_else_does(self):
        await configure(joining_creates_rooms=False)
        mara, dan = await new_member("Mara"), await new_member("Dan")
        refusal = await mara.post("rooms", {"name": "Club", "kind": "private"})
        refusal.check_error(403, "forbidden")
        talk = await mara.post("rooms", {"kind": "direct", "members": [dan.user["id"]]})
        assert talk.status == 201


class DirectTests(SocketTestCase):
    async def test_there_is_one_between_the_same_people(self):
        mara, dan, eva = [await new_member(name) for name in ("Mara", "Dan", "Eva")]
        ids = {caller: caller.user["id"] for caller in (mara, dan, eva)}
        first = await mara.post("rooms", {"kind": "direct", "members": [ids[dan]]})
        assert (first.status, first["kind"], first["name"]) == (201, "direct", "Dan, Mara")
        again = await dan.post("rooms", {"kind": "direct", "members": [ids[mara], ids[dan]]})
        assert (again.status, again["id"]) == (200, first["id"])
        three = await mara.post("rooms", {"kind": "direct", "members": [ids[dan], ids[eva]]})
        assert three["id"] != first["id"]
        assert await roles(first) == {"Mara": "member", "Dan": "member"}

    async def test_two_who_write_to_each_other_at_once_have_one_room(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        made = await asyncio.gather(
            mara.post("rooms", {"kind": "direct", "members": [dan.user["id"]]}),
            dan.post("rooms", {"kind": "direct", "members": [mara.user["id"]]}),
        )
        assert made[0]["id"] == made[1]["id"]

    async def test_it_is_for_one_to_eight_others(self):
        mara = await new_member("Mara")
        others = [(await new_member(f"M{number}")).user["id"] for number in range(9)]
        for members in ([], [mara.user["id"]], others, None):
            fields = {"kind": "direct"} | ({} if members is None else {"members": members})
            (await mara.post("rooms", fields)).check_error(400, "bad_request")
        largest = await mara.post("rooms", {"kind": "direct", "members": others[:8]})
        assert largest.status == 201

    async def test_one_that_was_hidden_comes_back_for_who_asks_for_it(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        fields = {"kind": "direct", "members": [dan.user["id"]]}
        talk = await mara.post("rooms", fields)
        assert (await mara.delete(f"rooms/{talk['id']}/members/{mara.user['id']}")).status == 204
        assert await roles(talk) == {"Mara": "member", "Dan": "member"}
        assert await Membership.objects.filter(hidden=True).acount() == 1
        assert "hidden" not in (await mara.post("rooms", fields))["my"]

    async def test_a_new_message_shows_it_again_to_who_had_hidden_it(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        talk = await mara.post("rooms", {"kind": "direct", "members": [dan.user["id"]]})
        for caller in (mara, dan):
            await caller.delete(f"rooms/{talk['id']}/members/{caller.user['id']}")
        async with connected(mara) as phone:
            (entry,) = (await phone.request("watch"))["rooms"]
            assert entry["hidden"]
            await dan.send_message("hello again", room=talk["id"])
            while "hidden" in entry:
                (entry,) = (await phone.next("rooms"))["rooms"]
            assert entry["unread"] == 1
            # It stays when that is read.
            await mara.put(f"rooms/{talk['id']}/read", {"seq": 1})
            assert "hidden" not in (await phone.join(talk["id"]))["room"]["my"]
        assert not await Membership.objects.filter(hidden=True).aexists()

    async def test_it_is_named_after_its_people_as_they_are_called_now(self):
        mara, dan, eva = [await new_member(name) for name in ("Mara", "Dan", "Eva")]
        made = {"kind": "direct", "members": [dan.user["id"]]}
        talk = await mara.post("rooms", made)
        other = await mara.post("rooms", {"kind": "direct", "members": [eva.user["id"]]})
        async with connected(mara) as phone:
            await phone.join(talk["id"])
            user = await get_user_model().objects.aget(username="Dan")
            user.username = "Zoe"
            await user.asave()
            assert (await phone.next("room"))["room"]["name"] == "Mara, Zoe"
        assert (await mara.post("rooms", made))["name"] == "Mara, Zoe"
        assert (await Room.objects.aget(public_id=other["id"])).name == "Eva, Mara"
        await user.adelete()
        assert (await Room.objects.aget(public_id=talk["id"])).name == "Mara, Zoe (former)"

    async def test_it_is_in_nobodys_list_of_rooms(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        await mara.post("rooms", {"kind": "direct", "members": [dan.user["id"]]})
        assert (await mara.get("rooms"))["rooms"] == []

    async def test_nobody_manages_it(self):
        mara, dan, eva = [await new_member(name) for name in ("Mara", "Dan", "Eva")]
        talk = await mara.post("rooms", {"kind": "direct", "members": [dan.user["id"]]})
        address = f"rooms/{talk['slug']}"
        for response in (
            await mara.patch(address, {"name": "Ours"}),
            await mara.patch(address, {"kind": "public"}),
            await mara.delete(address),
            await mara.put(f"{address}/members/{eva.user['id']}", {"role": "member"}),
            await mara.put(f"{address}/members/{dan.user['id']}", {"role": "owner"}),
            await mara.delete(f"{address}/members/{dan.user['id']}"),
            await mara.delete(f"{address}/members/{dan.user['id']}?ban=true"),
        ):
            response.check_error(403, "forbidden")
        assert await roles(talk) == {"Mara": "member", "Dan": "member"}
