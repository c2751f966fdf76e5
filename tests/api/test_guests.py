"""POST /api/v1/guests: create a guest."""

from django.test import override_settings

from chat.models import Person
from tests.api.support import Caller, make_room, new_guest
from tests.support.people import configure, sign_in
from tests.support.sockets import SocketTestCase, connect


class GuestTests(SocketTestCase):
    async def test_a_name_becomes_a_guest_with_a_token(self):
        response = await Caller().post("guests", {"name": " Ana  B. "})
        assert response.status == 201
        assert set(response.body) == {"user", "token"}
        assert response["user"] == {"id": response["user"]["id"], "name": "Ana B.", "kind": "guest"}

    async def test_a_token_works_for_sockets_and_for_requests(self):
        ana = await new_guest("Ana")
        async with connect(token=ana.token) as socket:
            assert socket.user == ana.user
        async with connect("Ion") as socket:
            await socket.join("lobby")
            assert (await Caller(token=socket.token).send_message("hi")).status == 201

    async def test_without_a_name_a_guest_has_a_number(self):
        response = await Caller().post("guests", {})
        assert response["user"]["name"].startswith("Guest-")

    async def test_unavailable_names_are_refused(self):
        for name in ("", "x" * 33, "a\u202eb", "\u200b"):
            with self.subTest(name=name):
                (await Caller().post("guests", {"name": name})).check_error(422, "name_invalid")
        assert not await Person.objects.aexists()

    async def test_a_members_name_is_refused_with_a_suggestion(self):
        await sign_in("Mara")
        error = (await Caller().post("guests", {"name": "mara"})).check_error(409, "name_taken")
        assert error["suggestion"] == "mara 2"

    async def test_a_signed_in_member_may_create_a_guest_without_csrf(self):
        session = await sign_in("Mara")
        assert (await new_guest("Ana", session=session)).user["kind"] == "guest"

    async def test_an_invalid_body_is_refused(self):
        for body in (b"", b"null", b"[]", b'"Ana"', {"name": 5}, {"name": None, "kind": "bot"}):
            with self.subTest(body=body):
                (await Caller().post("guests", body)).check_error(400, "bad_request")


@override_settings(CHAT_RATE_LIMITS=True)
class RateTests(SocketTestCase):
    async def test_guests_of_an_address_are_limited_over_all_entry_points(self):
        await configure(address_burst=3, address_rate=0.1)
        await new_guest("Ana")
        async with connect("Ion", address="192.0.2.1"):
            pass
        await new_guest("Eva")
        response = await Caller().post("guests", {"name": "Charlie"})
        error = response.check_error(429, "rate_limited")
        assert 0 < error["retry_after"] <= int(response.headers["Retry-After"]) <= 11
        await new_guest("Charlie", address="192.0.2.2")

    async def test_a_persons_rate_is_shared_by_sockets_and_requests(self):
        await make_room()
        await configure(person_burst=4, person_rate=0.1, address_burst=1000)
        async with connect("Charlie") as socket:
            charlie = Caller(token=socket.token)
            await socket.join("lobby")
            await socket.send("one")
            for body in ("two", "three"):
                assert (await charlie.send_message(body)).status == 201
            (await charlie.send_message("four")).check_error(429, "rate_limited")
            await socket.send_command("send", room="lobby", body="five")
            await socket.receives_error("rate_limited")

    async def test_guessing_tokens_is_limited_by_the_rate_of_the_address(self):
        await make_room()
        await configure(address_burst=5, address_rate=0.1)
        for number in range(5):
            (await Caller(token=f"guess-{number}").history()).check_error(401, "unauthorized")
        (await Caller(token="guess").history()).check_error(429, "rate_limited")
        (await Caller().get("rooms")).check_error(429, "rate_limited")
