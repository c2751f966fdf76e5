"""Whose address counts at each door: the one that the server saw, whatever the client says.

What a trusted proxy says is the server's to take (`TRUSTED_PROXIES`); nothing behind it looks at
the header again.
"""

from contextlib import AsyncExitStack
from unittest import mock

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


def claims(number: int) -> str:
    """Give another address for each number, which nobody has."""
    return f"198.51.100.{number}"


@override_settings(CHAT_RATE_LIMITS=True)
class PosingTests(SocketTestCase):
    async def test_a_socket_gets_no_place_more_for_claiming_another_address(self):
        await configure(address_sockets=1)
        async with (
            connect("Ana", forwarded=claims(1)),
            open_socket(forwarded=claims(2)) as charlie,
        ):
            await charlie.refused("rate_limited")
            assert await charlie.closed() == CloseCode.FLOODING

    async def test_a_request_gets_no_more_time_for_claiming_another_address(self):
        await configure(address_burst=2, address_rate=0.1)
        for number in range(2):
            assert (await Caller().get("rooms", **{FORWARDED: claims(number)})).status == 200
        answer = await Caller().get("rooms", **{FORWARDED: claims(3)})
        answer.refused(429, "rate_limited")

    async def test_a_reader_gets_no_place_more_for_claiming_another_address(self):
        await make_room()
        await configure(address_sockets=1)
        ana, charlie = await new_guest("Ana"), await new_guest("Charlie")
        async with (
            stream(ana, **{FORWARDED: claims(1)}),
            stream(charlie, **{FORWARDED: claims(2)}) as reader,
        ):
            assert (reader.status, reader.refusal["code"]) == (429, "rate_limited")

    @mock.patch("chat.rules.limits.NEW_ROOMS", Rate(per_second=0.1, burst=1))
    async def test_nobody_makes_more_rooms_for_claiming_another_address(self):
        charlie = await new_guest("Charlie")
        for number, status in enumerate((201, 429)):
            charlie.headers[FORWARDED] = claims(number)
            assert (await charlie.post("rooms", {"name": f"room {number}"})).status == status


@override_settings(CHAT_RATE_LIMITS=True)
class UnreadTests(SocketTestCase):
    """Of whom nothing is taken, nothing is read either."""

    async def refused_unread(self, **headers: str) -> int:
        """Post something; return the status of the answer that came before any of it was read."""
        told = []

        async def receive():
            raise AssertionError("The body was read.")

        async def send(message):
            told.append(message)

        scope = Caller(address=HERE).scope("POST", "guests", "", headers)
        await application(scope, receive, send)
        return told[0]["status"]

    async def test_who_asks_too_often_is_refused_before_their_body_is_read(self):
        await configure(address_burst=1, address_rate=0.1)
        assert (await Caller(address=HERE).get("rooms")).status == 200
        assert await self.refused_unread() == 429

    async def test_a_page_of_another_website_is_refused_before_its_body_is_read(self):
        assert await self.refused_unread(Origin="https://charlie.example") == 403


@override_settings(CHAT_RATE_LIMITS=True)
class SharingTests(SocketTestCase):
    """What is counted for an address is counted by all doors together, and for no other."""

    async def test_sockets_and_readers_of_an_address_share_its_places(self):
        await make_room()
        await configure(address_sockets=2)
        ana, ion = await new_guest("Ana"), await new_guest("Ion", address=ELSEWHERE)
        async with AsyncExitStack() as lines:
            await lines.enter_async_context(connect("Eva", address=HERE))
            await lines.enter_async_context(stream(ana))
            third = await lines.enter_async_context(open_socket(address=HERE))
            assert await third.closed() == CloseCode.FLOODING
            (await ana.poll(wait=0)).refused(429, "rate_limited")
            assert (await ion.poll(wait=0)).status == 200

    @mock.patch("chat.rules.limits.NEW_ROOMS", Rate(per_second=0.1, burst=2))
    async def test_an_address_makes_no_endless_rooms_by_whatever_door(self):
        async with connect("Ana", address=HERE) as ana, connect("Ion", address=ELSEWHERE) as ion:
            eva = Caller(token=ana.token, address=HERE)
            await ana.join("one")
            assert (await eva.post("rooms", {"name": "two"})).status == 201
            await ana.say("join", room="three")
            await ana.refused("rate_limited")
            (await eva.post("rooms", {"name": "three"})).refused(429, "rate_limited")
            # Rooms that are there are open to them as before, and others make theirs.
            await ana.join("two")
            await ion.join("three")
            await ana.join("three")
