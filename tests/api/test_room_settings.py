"""PATCH and DELETE /api/v1/rooms/SLUG: what owners change of a room, and its end."""

from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.test import Client

from chat.models import Alias, Membership, Message, Room
from tests.access.support import Role, admit, connected
from tests.api.support import ApiResponse, Caller, new_guest, new_member
from tests.support.people import configure
from tests.support.rooms import fill
from tests.support.sockets import SocketTestCase, connect


async def make_club(mara: Caller, **fields) -> ApiResponse:
    return await mara.post("rooms", {"name": "Club", "kind": "private", **fields})


async def join_as_member(room: str, caller: Caller) -> None:
    assert (await caller.post(f"rooms/{room}/members", {})).status == 200


class SettingsTests(SocketTestCase):
    async def test_only_what_is_named_changes_and_followers_learn_of_it(self):
        mara = await new_member("Mara")
        await mara.post("rooms", {"name": "Tea"})
        async with connect("Ana") as ana:
            await ana.join("tea")
            changed = await mara.patch("rooms/tea", {"topic": " Green\n and black "})
            assert (changed.status, changed["topic"]) == (200, "Green and black")
            assert (await ana.next("room"))["room"]["topic"] == "Green and black"
            changed = await mara.patch("rooms/tea", {"name": "Tea Time", "closed": True})
            assert (changed["name"], changed["slug"], changed["closed"]) == (
                "Tea Time",
                "tea",
                True,
            )
            assert changed["topic"] == "Green and black"
            assert (await ana.next("room"))["room"]["closed"]
            assert "my" in changed.body

    async def test_those_who_do_not_own_it_change_nothing(self):
        mara, dan, ana = await new_member("Mara"), await new_member("Dan"), await new_guest("Ana")
        await mara.post("rooms", {"name": "Tea"})
        room = await Room.objects.aget()
        for role in (None, Role.READER, Role.MEMBER, Role.MODERATOR):
            if role:
                await admit(room, dan.user, role)
            for caller in (dan, ana):
                (await caller.patch("rooms/tea", {"name": "Mine"})).check_error(403, "forbidden")
                (await caller.delete("rooms/tea")).check_error(403, "forbidden")
        (await Caller().patch("rooms/tea", {"name": "Mine"})).check_error(401, "unauthorized")
        assert (await Room.objects.aget()).name == "Tea"

    async def test_what_cannot_be_is_refused(self):
        mara = await new_member("Mara")
        club = await make_club(mara)
        for fields in (
            {"name": "!?"},
            {"topic": "x" * 251},
            {"kind": "direct"},
            {"password": "sesame"},
            {"kind": "private", "password": "sesame"},
            {"closed": "yes"},
            {"slug": "mine"},
        ):
            refusal = await mara.patch(f"rooms/{club['slug']}", fields)
            refusal.check_error(400, "bad_request")


class KindTests(SocketTestCase):
    async def test_who_does_not_belong_to_a_room_that_becomes_private_leaves(self):
        mara, dan, charlie = await new_member("Mara"), await new_member("Dan"), await new_guest("C")
        await mara.post("rooms", {"name": "Club"})
        await join_as_member("club", dan)
        async with (
            connected(dan) as inside,
            connected(charlie) as outside,
        ):
            await inside.join("club")
            await outside.join("club")
            club = await mara.patch("rooms/club", {"kind": "private"})
            assert club["slug"].startswith("club~")
            left = await outside.next("left")
            assert (left["room"], left["reason"]) == ("club", "private")
            # Before all else that has the new address, such as who has left.
            event, *_ = [e for e in await inside.all_events() if club["slug"] in str(e)]
            assert (event["type"], event.get("was")) == ("room", "club")
            assert club["slug"] not in str(await outside.all_events())
        for address in ("club", club["slug"], club["id"]):
            (await charlie.get(f"rooms/{address}/messages")).check_error(404, "not_found")
            assert (await dan.get(f"rooms/{address}/messages")).status == 200

    async def test_its_old_address_is_free_for_those_who_may_not_read_it(self):
        mara, charlie = await new_member("Mara"), await new_guest("Charlie")
        await mara.post("rooms", {"name": "Club"})
        club = await mara.patch("rooms/club", {"kind": "private"})
        async with connected(mara) as own, connected(charlie) as other:
            assert (await own.join("club"))["room"]["id"] == club["id"]
            theirs = (await other.join("club"))["room"]
            assert (theirs["slug"], theirs["kind"]) == ("club", "public")
            assert theirs["id"] != club["id"]
        assert not await Alias.objects.filter(slug="club").aexists()
        assert (await mara.get("rooms/club/messages")).status == 200

    async def test_a_room_that_becomes_public_gets_the_address_of_its_name_if_it_is_free(self):
        mara, ana = await new_member("Mara"), await new_guest("Ana")
        first, second = await make_club(mara), await make_club(mara)
        for room, slug in ((first, "club"), (second, second["slug"])):
            assert (await mara.patch(f"rooms/{room['slug']}", {"kind": "public"}))["slug"] == slug
            for address in (room["slug"], slug):
                assert (await ana.get(f"rooms/{address}/messages")).status == 200

    async def test_no_name_leads_a_room_to_the_address_or_id_of_another(self):
        mara, eve = await new_member("Mara"), await new_member("Eve")
        club, other = await make_club(mara), await make_club(mara)
        await mara.patch(f"rooms/{other['id']}", {"kind": "public"})
        for taken in (club["id"], club["slug"], other["id"], other["slug"]):
            trap = await make_club(eve, name="Trap")
            await eve.patch(f"rooms/{trap['id']}", {"name": taken})
            trap = await eve.patch(f"rooms/{trap['id']}", {"kind": "public"})
            assert trap["kind"] == "public"
            assert trap["slug"] != taken
            assert (await mara.get(f"rooms/{taken}"))["id"] in {club["id"], other["id"]}

    async def test_a_room_keeps_its_address_when_another_takes_that_of_its_name(self):
        mara = await new_member("Mara")
        club = await make_club(mara)
        await mara.post("rooms", {"name": "Club"})
        # It was not there yet when this one looked.
        with mock.patch("chat.log.settings._typed_slug", side_effect=["club", None]):
            public = await mara.patch(f"rooms/{club['slug']}", {"kind": "public"})
        assert (public.status, public["kind"], public["slug"]) == (200, "public", club["slug"])

    async def test_a_room_that_was_private_for_a_while_has_its_address_again(self):
        mara = await new_member("Mara")
        await mara.post("rooms", {"name": "Club"})
        hidden = await mara.patch("rooms/club", {"kind": "private"})
        back = await mara.patch("rooms/club", {"kind": "public"})
        assert back["slug"] == "club"
        assert (await mara.get(f"rooms/{hidden['slug']}/messages")).status == 200
        assert await Alias.objects.acount() == 1

    async def test_a_room_that_becomes_private_has_no_password_any_more(self):
        mara = await new_member("Mara")
        await mara.post("rooms", {"name": "Safe", "password": "sesame"})
        await mara.patch("rooms/safe", {"kind": "private"})
        assert (await Room.objects.aget()).password == ""


class PasswordTests(SocketTestCase):
    async def test_who_belongs_to_a_room_that_gets_a_password_stays_and_others_are_asked(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        await mara.post("rooms", {"name": "Safe"})
        await join_as_member("safe", dan)
        async with connected(dan) as inside, connect("Ana") as outside:
            await inside.join("safe")
            await outside.join("safe")
            changed = await mara.patch("rooms/safe", {"password": "sesame"})
            assert (changed["kind"], changed["slug"]) == ("public", "safe")
            assert changed["has_password"] is True
            error, left = [e for e in await outside.all_events() if e["type"] in ("error", "left")]
            assert error["code"] == "password_required"
            assert left == {"type": "left", "room": "safe", "reason": "password"}
            await outside.send_command("join", room="safe")
            await outside.receives_error("password_required")
            await inside.send("still here")
            await mara.patch("rooms/safe", {"password": ""})
            await outside.join("safe")

    async def test_whether_it_has_one_is_told_to_those_inside_and_to_nobody_else(self):
        mara, dan, charlie = [await new_member(name) for name in ("Mara", "Dan", "Charlie")]
        # Nobody sees a space at an end, which some keyboards put there.
        made = await mara.post("rooms", {"name": "Safe", "password": "open sesame "})
        assert made["has_password"] is True
        for password, status in (("opensesame", 403), (" open sesame", 200)):
            entered = await dan.post("rooms/safe/members", {"password": password})
            assert entered.status == status
        assert entered["has_password"]
        async with connected(dan) as inside:
            assert (await inside.join("safe"))["room"]["has_password"]
            (entry,) = (await inside.request("watch"))["rooms"]
            assert entry["room"]["has_password"]
            assert "has_password" not in (await mara.patch("rooms/safe", {"password": ""})).body
            assert "has_password" not in (await inside.next("room"))["room"]
            await mara.patch("rooms/safe", {"password": "open"})
            assert (await inside.next("room"))["room"]["has_password"]
        (room,) = (await dan.get("rooms"))["rooms"]
        assert room["has_password"]
        for caller in (charlie, Caller()):
            assert (await caller.get("rooms"))["rooms"] == []

    async def test_a_password_brings_in_over_http(self):
        mara, ana, dan = await new_member("Mara"), await new_guest("Ana"), await new_member("Dan")
        await mara.post("rooms", {"name": "Safe", "password": "sesame"})
        refusal = await ana.post("rooms/safe/members", {})
        refusal.check_error(403, "password_required")
        refusal = await ana.post("rooms/safe/members", {"password": "open"})
        refusal.check_error(403, "password_wrong")
        for caller in (ana, dan):
            room = await caller.post("rooms/safe/members", {"password": "sesame"})
            assert (room.status, room["my"]["role"]) == (200, "member")
            assert (await caller.send_message("hello", room="safe")).status == 201
        refusal = await Caller().post("rooms/safe/members", {"password": "sesame"})
        refusal.check_error(401, "unauthorized")


class DeletionTests(SocketTestCase):
    async def test_whoever_is_in_a_room_that_is_deleted_leaves_it(self):
        mara = await new_member("Mara")
        await mara.post("rooms", {"name": "Tea"})
        await fill("tea", 3)
        async with connect("Ana") as ana:
            await ana.join("tea")
            assert (await mara.delete("rooms/tea")).status == 204
            left = await ana.next("left")
            assert (left["room"], left["reason"]) == ("tea", "deleted")
        assert not await Message.objects.aexists()
        (await mara.delete("rooms/tea")).check_error(404, "not_found")

    async def test_a_site_moderator_ends_public_rooms_and_no_others(self):
        mara, sam = await new_member("Mara"), await new_member("Sam")
        await get_user_model().objects.filter(username="Sam").aupdate(is_staff=True)
        await mara.post("rooms", {"name": "Tea"})
        club = await make_club(mara)
        (await sam.delete(f"rooms/{club['slug']}")).check_error(404, "not_found")
        assert (await sam.delete("rooms/tea")).status == 204
        assert [room.name async for room in Room.objects.all()] == ["Club"]

    async def test_a_site_moderator_is_told_what_they_may_do_where_they_belong(self):
        mara, sam = await new_member("Mara"), await new_member("Sam")
        await get_user_model().objects.filter(username="Sam").aupdate(is_staff=True)
        await mara.post("rooms", {"name": "Tea"})
        async with connected(sam) as staff:
            joined = await staff.join("tea")
            assert joined["room"]["my"]["role"] == "member"
            assert joined["room"]["my"]["may"] == ["invite", "moderate", "manage"]
            # Of a private room they look after the talk, and its owners of the rest.
            await mara.patch("rooms/tea", {"kind": "private"})
            while "my" not in (event := await staff.next("room"))["room"]:
                pass
            assert event["room"]["my"]["may"] == ["invite", "moderate"]
        talk = await sam.post("rooms", {"kind": "direct", "members": [mara.user["id"]]})
        assert "may" not in talk["my"]

    async def test_a_site_moderator_who_hides_a_room_becomes_an_owner_of_it(self):
        mara, sam = await new_member("Mara"), await new_member("Sam")
        await get_user_model().objects.filter(username="Sam").aupdate(is_staff=True)
        for name, fields in (("Tea", {"kind": "private"}), ("Mate", {"password": "sesame"})):
            await mara.post("rooms", {"name": name})
            changed = await sam.patch(f"rooms/{name.lower()}", fields)
            assert (changed.status, changed["my"]["role"]) == (200, "owner")
            undone = {"kind": "public"} if name == "Tea" else {"password": ""}
            assert (await sam.patch(f"rooms/{changed['id']}", undone)).status == 200
        await mara.post("rooms", {"name": "Water"})
        assert "my" not in (await sam.patch("rooms/water", {"topic": "cold"})).body

    async def test_a_direct_room_is_said_to_be_between_its_people(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        talk = await mara.post("rooms", {"kind": "direct", "members": [dan.user["id"]]})
        address = f"rooms/{talk['slug']}"
        for refusal in (
            await mara.patch(address, {"topic": "us"}),
            await mara.delete(address),
            await mara.post("invitations", {"rooms": [talk["slug"]]}),
        ):
            assert "between its people" in refusal.check_error(403, "forbidden")["message"]


class PageTests(SocketTestCase):
    async def test_a_former_address_and_an_id_lead_those_to_the_room_who_may_read_it(self):
        mara, dan = await new_member("Mara"), await new_member("Dan")
        await mara.post("rooms", {"name": "Club"})
        club = await mara.patch("rooms/club", {"kind": "private"})
        own, other = Client(), Client()
        for client, caller in ((own, mara), (other, dan)):
            client.cookies.load(caller.cookies)
        for address in ("club", club["id"]):
            page = await sync_to_async(own.get)(f"/rooms/{address}/?at=3")
            assert (page.status_code, page["Location"]) == (302, f"/rooms/{club['slug']}/?at=3")
            page = await sync_to_async(other.get)(f"/rooms/{address}/?at=3")
            assert "Location" not in page
            assert club["slug"] not in page.content.decode()
        assert await Membership.objects.acount() == 1

    async def test_a_room_with_a_password_can_be_tried_where_nobody_starts_rooms(self):
        mara = await new_member("Mara")
        await mara.post("rooms", {"name": "Safe", "password": "sesame"})
        await mara.patch("rooms/safe", {"name": "Secret Safe"})
        await configure(joining_creates_rooms=False)
        page = await sync_to_async(Client().get)("/rooms/safe/")
        assert (page.status_code, "Secret" in page.content.decode()) == (200, False)
        assert not page.context["page"]["room"]["isNew"]
        entered = await sync_to_async(Client().post)("/", {"name": "Ana", "room": "Safe"})
        assert (entered.status_code, entered["Location"]) == (302, "/rooms/safe/")
        missing = await sync_to_async(Client().get)("/rooms/nowhere/")
        assert missing.status_code == 404
