"""/api/v1/me: who one is, and what a socket's `welcome` has."""

from django.test import override_settings

from tests.api.support import Caller, make_room, new_guest, on_a_page
from tests.support.people import block, configure, sign_in
from tests.support.sockets import SocketTestCase, connect


class MeTests(SocketTestCase):
    async def test_it_has_the_fields_of_a_sockets_welcome(self):
        await configure(site_name="Harbour", max_body=500)
        ana = await new_guest("Ana")
        response = await ana.get("me")
        async with connect(token=ana.token) as socket:
            welcome = await socket.hello(token=ana.token)
        assert response.status == 200
        assert response.body == {
            name: welcome[name] for name in ("user", "heartbeat", "limits", "site")
        }

    async def test_reading_with_a_session_needs_no_csrf_token(self):
        mara = on_a_page(await sign_in("Mara"), csrf=False)
        assert (await mara.get("me"))["user"]["name"] == "Mara"

    async def test_without_authentication_the_user_is_null(self):
        assert (await Caller().get("me"))["user"] is None

    async def test_an_unknown_token_is_refused(self):
        (await Caller(token="wrong").get("me")).check_error(401, "unauthorized")

    async def test_a_removed_guest_is_refused(self):
        charlie = await new_guest("Charlie")
        await block(charlie.user["id"])
        (await charlie.get("me")).check_error(403, "forbidden")
        (await charlie.post("me", {"name": "Ana"})).check_error(403, "forbidden")

    async def test_a_removed_member_with_a_session_is_refused(self):
        mara = on_a_page(await sign_in("Mara"))
        await block((await mara.get("me"))["user"]["id"])
        (await mara.get("me")).check_error(403, "forbidden")
        await make_room()
        (await mara.send_message("hello")).check_error(403, "forbidden")
        (await mara.history()).check_error(403, "forbidden")


class NameTests(SocketTestCase):
    async def test_a_guest_in_no_room_may_rename(self):
        ana = await new_guest("Ana")
        assert (await ana.post("me", {"name": "Anne"}))["user"] == ana.user | {"name": "Anne"}
        assert (await ana.get("me"))["user"]["name"] == "Anne"

    async def test_a_guest_in_a_room_keeps_their_name(self):
        ana = await new_guest("Ana")
        async with connect(token=ana.token) as socket:
            await socket.join("lobby")
            assert (await ana.post("me", {"name": "Anne"}))["user"]["name"] == "Ana"

    async def test_a_guest_whose_name_a_member_took_can_take_another(self):
        ana = await new_guest("Ana")
        await on_a_page(await sign_in("Ana")).get("me")
        (await ana.get("me")).check_error(409, "name_taken")
        error = (await ana.post("me", {"name": "Ana"})).check_error(409, "name_taken")
        assert error["suggestion"] == "Ana 2"
        assert (await ana.post("me", {"name": "Ana 2"}))["user"]["name"] == "Ana 2"
        assert (await ana.get("me")).status == 200

    async def test_unavailable_names_are_refused(self):
        ana = await new_guest("Ana")
        await sign_in("Mara")
        (await ana.post("me", {"name": ""})).check_error(422, "name_invalid")
        (await ana.post("me", {"name": "mara"})).check_error(409, "name_taken")
        assert (await ana.get("me"))["user"]["name"] == "Ana"

    async def test_a_member_keeps_their_name_and_needs_the_csrf_token(self):
        session = await sign_in("Mara")
        renamed = await on_a_page(session).post("me", {"name": "Maria"})
        assert renamed["user"]["name"] == "Mara"
        response = await on_a_page(session, csrf=False).post("me", {"name": "Maria"})
        response.check_error(403, "forbidden")

    async def test_renaming_needs_authentication(self):
        (await Caller().post("me", {"name": "Ana"})).check_error(401, "unauthorized")


class OpenRoomTests(SocketTestCase):
    async def test_a_room_is_created_once_and_then_found(self):
        ana = await new_guest("Ana")
        made = await ana.post("rooms", {"name": "Chess Club"})
        assert (made.status, made["slug"], made["name"]) == (201, "chess-club", "Chess Club")
        found = await ana.post("rooms", {"name": "chess club"})
        assert (found.status, found.body) == (200, made.body)

    async def test_creating_a_room_does_not_join_it(self):
        ana = await new_guest("Ana")
        await ana.post("rooms", {"name": "chess"})
        rooms = (await Caller().get("rooms"))["rooms"]
        assert [room["count"] for room in rooms if room["slug"] == "chess"] == [0]

    async def test_creating_a_room_follows_the_rules_of_joining(self):
        ana = await new_guest("Ana")
        (await Caller().post("rooms", {"name": "chess"})).check_error(401, "unauthorized")
        (await ana.post("rooms", {"name": "?"})).check_error(400, "bad_request")
        await configure(joining_creates_rooms=False)
        (await ana.post("rooms", {"name": "chess"})).check_error(404, "not_found")
        await configure(joining_creates_rooms=True, guests_may_write=False)
        (await ana.post("rooms", {"name": "chess"})).check_error(404, "not_found")


@override_settings(CHAT_RATE_LIMITS=True)
class NewRoomRateTests(SocketTestCase):
    async def test_new_rooms_are_limited_by_address(self):
        await configure(address_burst=1000, person_burst=1000)
        ana = await new_guest("Ana")
        statuses = [(await ana.post("rooms", {"name": f"room {n}"})).status for n in range(31)]
        assert statuses == [201] * 30 + [429]
