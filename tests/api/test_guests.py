"""POST /api/v1/guests: a name becomes somebody."""

from django.test import override_settings

from chat.models import Person
from tests.api.support import Caller, make_room, new_guest
from tests.support.people import configure, sign_in
from tests.support.sockets import SocketTestCase, connect


class GuestTests(SocketTestCase):
    async def test_a_name_becomes_a_guest_with_a_token(self):
        answer = await Caller().post("guests", {"name": " Ana  B. "})
        assert answer.status == 201
        assert set(answer.body) == {"user", "token"}
        assert answer["user"] == {"id": answer["user"]["id"], "name": "Ana B.", "kind": "guest"}

    async def test_the_token_is_good_for_a_socket_and_the_other_way_round(self):
        ana = await new_guest("Ana")
        async with connect(token=ana.token) as socket:
            assert socket.user == ana.user
        async with connect("Ion") as socket:
            await socket.join("lobby")
            assert (await Caller(token=socket.token).says("hi")).status == 201

    async def test_without_a_name_a_guest_has_a_number(self):
        answer = await Caller().post("guests", {})
        assert answer["user"]["name"].startswith("Guest-")

    async def test_names_that_cannot_be_had_are_refused(self):
        for name in ("", "x" * 33, "a\u202eb", "\u200b"):
            with self.subTest(name=name):
                (await Caller().post("guests", {"name": name})).refused(422, "name_invalid")
        assert not await Person.objects.aexists()

    async def test_a_members_name_is_refused_with_another(self):
        await sign_in("Mara")
        error = (await Caller().post("guests", {"name": "mara"})).refused(409, "name_taken")
        assert error["suggestion"] == "mara 2"

    async def test_who_is_signed_in_already_may_make_a_guest_and_needs_no_csrf_token(self):
        session = await sign_in("Mara")
        assert (await new_guest("Ana", session=session)).user["kind"] == "guest"

    async def test_a_body_that_is_not_a_name_is_refused(self):
        for body in (b"", b"null", b"[]", b'"Ana"', {"name": 5}, {"name": None, "kind": "bot"}):
            with self.subTest(body=body):
                (await Caller().post("guests", body)).refused(400, "bad_request")


@override_settings(CHAT_RATE_LIMITS=True)
class RateTests(SocketTestCase):
    async def test_an_address_makes_no_endless_guests_by_whatever_door(self):
        await configure(address_burst=3, address_rate=0.1)
        await new_guest("Ana")
        async with connect("Ion", address="192.0.2.1"):
            pass
        await new_guest("Eva")
        answer = await Caller().post("guests", {"name": "Charlie"})
        error = answer.refused(429, "rate_limited")
        assert 0 < error["retry_after"] <= int(answer.headers["Retry-After"]) <= 11
        await new_guest("Charlie", address="192.0.2.2")

    async def test_a_person_has_one_measure_for_sockets_and_requests(self):
        await make_room()
        await configure(person_burst=4, person_rate=0.1, address_burst=1000)
        async with connect("Charlie") as socket:
            charlie = Caller(token=socket.token)
            await socket.join("lobby")
            await socket.send("one")
            for body in ("two", "three"):
                assert (await charlie.says(body)).status == 201
            (await charlie.says("four")).refused(429, "rate_limited")
            await socket.say("send", room="lobby", body="five")
            await socket.refused("rate_limited")

    async def test_tokens_are_not_guessed_faster_than_an_address_may_ask(self):
        await make_room()
        await configure(address_burst=5, address_rate=0.1)
        for number in range(5):
            (await Caller(token=f"guess-{number}").history()).refused(401, "unauthorized")
        (await Caller(token="guess").history()).refused(429, "rate_limited")
        (await Caller().get("rooms")).refused(429, "rate_limited")
