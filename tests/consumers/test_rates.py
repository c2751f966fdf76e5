"""How much one socket, person and address may say, and what becomes of those who say more."""

import asyncio

from django.test import override_settings

from chat.models import Message
from chat.rules.errors import CloseCode
from tests.support.people import configure
from tests.support.sockets import Socket, SocketTestCase, connect, open_socket

PLENTY = {"socket_burst": 1000, "person_burst": 1000, "address_burst": 1000}


async def says(socket: Socket, count: int) -> None:
    for _ in range(count):
        await socket.send("again")


@override_settings(CHAT_RATE_LIMITS=True)
class RateTests(SocketTestCase):
    async def test_a_socket_says_its_burst_and_is_then_told_when_to_go_on(self):
        await configure(socket_burst=5, socket_rate=0.1)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await says(ana, 3)
            await ana.say("send", room="lobby", body="too quick")
            error = await ana.refused("rate_limited")
            assert 0 < error["retry_after"] <= 10
        assert await Message.objects.acount() == 3

    async def test_who_waits_as_told_goes_on_with_the_same_id(self):
        await configure(**PLENTY | {"socket_burst": 3, "socket_rate": 20})
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for number in range(5):
                await self.insist(ana, f"m{number}")
            await ana.hears(*[f"m{number}" for number in range(5)])

    @staticmethod
    async def insist(socket: Socket, body: str) -> None:
        while True:
            answer = await socket.answer(await socket.say("send", id=body, room="lobby", body=body))
            if answer["type"] == "ack":
                assert "duplicate" not in answer
                return
            await asyncio.sleep(answer["retry_after"])

    async def test_a_person_has_one_measure_for_all_their_tabs(self):
        await configure(**PLENTY | {"person_burst": 6, "person_rate": 0.1})
        async with (
            connect("Ana") as ana,
            connect("Charlie") as charlie,
            connect(token=charlie.token) as tab,
        ):
            for person in (ana, charlie, tab):
                await person.join("lobby")
            await says(charlie, 2)
            await says(tab, 2)
            for socket in (charlie, tab):
                await socket.say("send", room="lobby", body="more")
                await socket.refused("rate_limited")
            await says(ana, 4)

    async def test_an_address_has_one_measure_for_all_who_come_from_it(self):
        await configure(**PLENTY | {"address_burst": 8, "address_rate": 0.1})
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await says(ana, 2)
            await says(ion, 2)
            for socket in (ana, ion):
                await socket.say("send", room="lobby", body="more")
                await socket.refused("rate_limited")
            async with connect("Eva", address="192.0.2.2") as eva:
                await eva.join("lobby")
                await says(eva, 3)

    async def test_an_address_makes_no_endless_new_guests(self):
        await configure(**PLENTY | {"address_burst": 2, "address_rate": 0.1})
        async with connect("Ana"), connect("Ion"), open_socket() as charlie:
            await charlie.say("hello", name="Charlie")
            await charlie.refused("rate_limited")
            async with connect("Eva", address="192.0.2.2"):
                pass

    async def test_reading_too_much_is_limited_too(self):
        await configure(**PLENTY | {"socket_burst": 4, "socket_rate": 0.1})
        async with connect("Charlie") as charlie:
            await charlie.join("lobby")
            for _ in range(2):
                await charlie.ask("history", room="lobby", before=1)
            await charlie.say("history", room="lobby", before=1)
            await charlie.refused("rate_limited")

    async def test_what_is_no_command_is_counted_too(self):
        await configure(**PLENTY | {"socket_burst": 4, "socket_rate": 0.1})
        async with connect("Charlie") as charlie:
            for _ in range(3):
                await charlie.write("{")
                await charlie.refused("bad_request")
                await charlie.ask("ping")
            await charlie.write("{")
            await charlie.refused("rate_limited")
            await charlie.ask("ping")

    async def test_what_costs_little_is_counted_apart_and_may_come_more_often(self):
        await configure(**PLENTY | {"socket_burst": 3, "socket_rate": 0.1})
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for _ in range(30):
                await ana.ask("ping")
            await ana.say("ping")
            await ana.refused("rate_limited")
            await ana.send("the others are not used up")

    async def test_new_rates_count_for_open_sockets(self):
        await configure(socket_burst=3, socket_rate=0.1)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await says(ana, 1)
            await ana.say("send", room="lobby", body="more")
            await ana.refused("rate_limited")
            await configure(socket_burst=100, site_name="Told when it is there")
            await ana.next("site")
            await says(ana, 10)

    async def test_only_refusals_for_haste_count_as_flooding(self):
        await configure(**PLENTY)
        async with connect("Ana") as ana:
            for _ in range(40):
                await ana.say("send", room="nowhere", body="hello")
                await ana.refused("forbidden")
            await ana.ask("ping")

    async def test_who_floods_on_regardless_is_sent_away(self):
        await configure(socket_burst=2, socket_rate=0.1)
        async with connect("Ana", address="192.0.2.2") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await ana.next("presence")
            for _ in range(40):
                await charlie.say("send", room="lobby", body="flood")
            assert await charlie.closed() == CloseCode.FLOODING
            errors = charlie.unread
            assert {error["code"] for error in errors} == {"rate_limited"}
            assert errors[-1]["retry_after"] > 0
            await ana.says_nothing()


class SwitchedOffTests(SocketTestCase):
    async def test_switched_off_nothing_is_limited(self):
        await configure(socket_burst=1, person_burst=1, address_burst=1)
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ion.join("lobby")
            await ana.join("lobby")
            for _ in range(100):
                await ana.say("send", room="lobby", body="again")
            await ion.hears(*["again"] * 100)
