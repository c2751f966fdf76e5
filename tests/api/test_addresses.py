"""The address that counts for limits is the one that the server saw, whatever a client claims.

A trusted proxy's header is for the server to read (`TRUSTED_PROXIES`); the application does not
read it again.
"""

from contextlib import AsyncExitStack
from unittest import mock
from urllib.parse import quote

from django.test import override_settings

from chat.rules.errors import CloseCode
from chat.rules.limits import Rate
from chatsite.asgi import application
from tests.api.support import Caller, make_room, new_guest
from tests.support.people import configure
from tests.support.sockets import SocketTestCase, connect, open_socket
from tests.support.streams import stream

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
FORWARDED = "X-Forwarded-For"


def forged(number: int) -> str:
    """Return an address that nobody has, another one for each number."""
    return f"198.51.100.{number}"


@override_settings(CHAT_RATE_LIMITS=True)
class ForgedAddressTests(SocketTestCase):
    async def test_a_forged_address_gives_no_more_sockets(self):
        await configure(address_sockets=1)
        async with (
            connect("Ana", forwarded=forged(1)),
            open_socket(forwarded=forged(2)) as charlie,
        ):
            await charlie.receives_error("rate_limited")
            assert await charlie.closed() == CloseCode.FLOODING

    async def test_a_forged_address_gives_no_more_requests(self):
        await configure(address_burst=2, address_rate=0.1)
        for number in range(2):
            assert (await Caller().get("rooms", **{FORWARDED: forged(number)})).status == 200
        response = await Caller().get("rooms", **{FORWARDED: forged(3)})
        response.check_error(429, "rate_limited")

    async def test_a_forged_address_gives_no_more_streams(self):
        await make_room()
        await configure(address_sockets=1)
        ana, charlie = await new_guest("Ana"), await new_guest("Charlie")
        async with (
            stream(ana, **{FORWARDED: forged(1)}),
            stream(charlie, **{FORWARDED: forged(2)}) as reader,
        ):
            assert (reader.status, reader.refusal["code"]) == (429, "rate_limited")

    @mock.patch("chat.rules.limits.NEW_ROOMS", Rate(per_second=0.1, burst=1))
    async def test_a_forged_address_creates_no_more_rooms(self):
        charlie = await new_guest("Charlie")
        for number, status in enumerate((201, 429)):
            charlie.headers[FORWARDED] = forged(number)
            assert (await charlie.post("rooms", {"name": f"room {number}"})).status == status


@override_settings(CHAT_RATE_LIMITS=True)
class UnreadBodyTests(SocketTestCase):
    """The body of a refused request is not read."""

    async def refused_unread(self, **headers: str) -> int:
        """Post something; return the status of a response that came before the body was read."""
        sent = []

        async def receive():
            raise AssertionError("The body was read.")

        async def send(message):
            sent.append(message)

        scope = Caller(address=HERE).scope("POST", "guests", "", headers)
        await application(scope, receive, send)
        return sent[0]["status"]

    async def test_the_rate_is_checked_before_the_body_is_read(self):
        await configure(address_burst=1, address_rate=0.1)
        await new_guest("Ana", address=HERE)
        assert await self.refused_unread() == 429

    async def test_the_origin_is_checked_before_the_body_is_read(self):
        assert await self.refused_unread(Origin="https://charlie.example") == 403


@override_settings(CHAT_RATE_LIMITS=True)
class SharedLimitTests(SocketTestCase):
    """All entry points share the counts of an address."""

    async def test_sockets_streams_and_polls_of_an_address_share_a_limit(self):
        await make_room()
        await configure(address_sockets=2)
        ana, ion = await new_guest("Ana"), await new_guest("Ion", address=ELSEWHERE)
        async with AsyncExitStack() as clients:
            await clients.enter_async_context(connect("Eva", address=HERE))
            await clients.enter_async_context(stream(ana))
            third = await clients.enter_async_context(open_socket(address=HERE))
            assert await third.closed() == CloseCode.FLOODING
            (await ana.poll(wait=0)).check_error(429, "rate_limited")
            assert (await ion.poll(wait=0)).status == 200

    async def test_a_flood_of_reading_stops_nothing_but_reading(self):
        await make_room()
        limits = {"person_rate": 0.1, "person_burst": 5, "address_rate": 0.1, "address_burst": 8}
        await configure(**limits)
        async with connect("Ana", address=HERE) as ana:
            await ana.join("lobby")
            charlie = Caller(token=ana.token, address=HERE)
            for path in ("rooms", "me", "rooms/lobby/messages", "no-such-address"):
                for _ in range(10):
                    response = await charlie.get(path)
                response.check_error(429, "rate_limited")
            assert (await charlie.send_message("one")).status == 201
            await ana.send("two")
            async with connect("Ion", address=HERE):
                pass

    async def test_what_is_done_in_a_room_with_the_address_reactions_is_no_reaction(self):
        await make_room("reactions")
        await configure(person_rate=0.1, person_burst=5)
        charlie = await new_guest("Charlie", address=HERE)
        for _ in range(10):
            response = await charlie.get("rooms/reactions/messages")
        response.check_error(429, "rate_limited")
        assert (await charlie.send_message("one", "reactions")).status == 201
        reaction = "rooms/reactions/messages/1/reactions/👍"
        assert (await charlie.put(quote(reaction))).status == 200

    async def test_a_flood_of_writing_does_not_stop_reading(self):
        await make_room()
        await configure(address_rate=0.1, address_burst=2)
        for status in (201, 201, 429):
            response = await Caller(address=HERE).post("guests", {})
            assert response.status == status
        assert (await Caller(address=HERE).get("rooms")).status == 200

    async def test_every_form_of_a_refusal_has_the_same_seconds(self):
        for rate, seconds in ((1.2, 1), (0.55, 2), (0.1, 10)):
            await configure(address_rate=rate, address_burst=1)
            address = f"192.0.2.{seconds + 100}"
            await Caller(address=address).get("rooms")
            response = await Caller(address=address).get("rooms")
            error = response.check_error(429, "rate_limited")
            assert error["retry_after"] == seconds
            assert error["message"].endswith(f"Try again in {seconds} s.")
            assert response.headers["Retry-After"] == str(seconds)

    @mock.patch("chat.rules.limits.NEW_ROOMS", Rate(per_second=0.1, burst=2))
    async def test_new_rooms_are_limited_over_all_entry_points(self):
        async with connect("Ana", address=HERE) as ana, connect("Ion", address=ELSEWHERE) as ion:
            eva = Caller(token=ana.token, address=HERE)
            await ana.join("one")
            assert (await eva.post("rooms", {"name": "two"})).status == 201
            await ana.send_command("join", room="three")
            await ana.receives_error("rate_limited")
            (await eva.post("rooms", {"name": "three"})).check_error(429, "rate_limited")
            # Existing rooms are open to them as before, and other addresses create theirs.
            await ana.join("two")
            await ion.join("three")
            await ana.join("three")
