"""How much a socket, a person and an address may send, and what happens to those that send more."""

import asyncio

from django.test import override_settings

from chat.models import Message
from chat.rules.errors import CloseCode
from tests.support.people import configure
from tests.support.sockets import Socket, SocketTestCase, connect, open_socket

HIGH_LIMITS = {"socket_burst": 1000, "person_burst": 1000, "address_burst": 1000}


async def send_some(socket: Socket, count: int) -> None:
    for _ in range(count):
        await socket.send("again")


@override_settings(CHAT_RATE_LIMITS=True)
class RateTests(SocketTestCase):
    async def test_a_socket_over_its_burst_is_refused_with_retry_after(self):
        await configure(socket_burst=5, socket_rate=0.1)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await send_some(ana, 3)
            await ana.send_command("send", room="lobby", body="too quick")
            error = await ana.receives_error("rate_limited")
            assert 0 < error["retry_after"] <= 10
        assert await Message.objects.acount() == 3

    async def test_a_retry_after_the_wait_succeeds_with_the_same_id(self):
        await configure(**HIGH_LIMITS | {"socket_burst": 3, "socket_rate": 20})
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for number in range(5):
                await self.send_until_acknowledged(ana, f"m{number}")
            await ana.receives_messages(*[f"m{number}" for number in range(5)])

    @staticmethod
    async def send_until_acknowledged(socket: Socket, body: str) -> None:
        while True:
            reply = await socket.reply_to(
                await socket.send_command("send", id=body, room="lobby", body=body)
            )
            if reply["type"] == "ack":
                assert "duplicate" not in reply
                return
            await asyncio.sleep(reply["retry_after"])

    async def test_all_sockets_of_a_person_share_one_limit(self):
        await configure(**HIGH_LIMITS | {"person_burst": 6, "person_rate": 0.1})
        async with (
            connect("Ana") as ana,
            connect("Charlie") as charlie,
            connect(token=charlie.token) as tab,
        ):
            for person in (ana, charlie, tab):
                await person.join("lobby")
            await send_some(charlie, 2)
            await send_some(tab, 2)
            for socket in (charlie, tab):
                await socket.send_command("send", room="lobby", body="more")
                await socket.receives_error("rate_limited")
            await send_some(ana, 4)

    async def test_all_people_of_an_address_share_one_limit(self):
        await configure(**HIGH_LIMITS | {"address_burst": 8, "address_rate": 0.1})
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await send_some(ana, 2)
            await send_some(ion, 2)
            for socket in (ana, ion):
                await socket.send_command("send", room="lobby", body="more")
                await socket.receives_error("rate_limited")
            async with connect("Eva", address="192.0.2.2") as eva:
                await eva.join("lobby")
                await send_some(eva, 3)

    async def test_new_guests_of_an_address_are_limited(self):
        await configure(**HIGH_LIMITS | {"address_burst": 2, "address_rate": 0.1})
        async with connect("Ana"), connect("Ion"), open_socket() as charlie:
            await charlie.send_command("hello", name="Charlie")
            await charlie.receives_error("rate_limited")
            async with connect("Eva", address="192.0.2.2"):
                pass

    async def test_reading_history_is_limited_too(self):
        await configure(**HIGH_LIMITS | {"socket_burst": 4, "socket_rate": 0.1})
        async with connect("Charlie") as charlie:
            await charlie.join("lobby")
            for _ in range(2):
                await charlie.request("history", room="lobby", before=1)
            await charlie.send_command("history", room="lobby", before=1)
            await charlie.receives_error("rate_limited")

    async def test_a_flood_of_reading_does_not_stop_sends(self):
        reading = {"person_burst": 5, "person_rate": 0.1, "address_burst": 8, "address_rate": 0.1}
        await configure(**HIGH_LIMITS | reading)
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            for _ in range(5):
                await charlie.request("history", room="lobby", before=1)
            await charlie.send_command("history", room="lobby", before=1)
            await charlie.receives_error("rate_limited")
            await charlie.send("still heard")
            await ana.send("and so are the others")

    async def test_malformed_commands_are_counted_too(self):
        await configure(**HIGH_LIMITS | {"socket_burst": 4, "socket_rate": 0.1})
        async with connect("Charlie") as charlie:
            for _ in range(3):
                await charlie.write("{")
                await charlie.receives_error("bad_request")
                await charlie.request("ping")
            await charlie.write("{")
            await charlie.receives_error("rate_limited")
            await charlie.request("ping")

    async def test_cheap_commands_have_a_higher_limit_of_their_own(self):
        await configure(**HIGH_LIMITS | {"socket_burst": 3, "socket_rate": 0.1})
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for _ in range(30):
                await ana.request("ping")
            await ana.send_command("ping")
            await ana.receives_error("rate_limited")
            await ana.send("the others are not used up")

    async def test_new_rates_apply_to_open_sockets(self):
        await configure(socket_burst=3, socket_rate=0.1)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await send_some(ana, 1)
            await ana.send_command("send", room="lobby", body="more")
            await ana.receives_error("rate_limited")
            await configure(socket_burst=100, site_name="Sent when it applies")
            await ana.next("site")
            await send_some(ana, 10)

    async def test_only_rate_limit_refusals_count_as_flooding(self):
        await configure(**HIGH_LIMITS)
        async with connect("Ana") as ana:
            for _ in range(40):
                await ana.send_command("send", room="nowhere", body="hello")
                await ana.receives_error("forbidden")
            await ana.request("ping")

    async def test_a_client_that_floods_on_although_refused_is_closed(self):
        await configure(socket_burst=2, socket_rate=0.1)
        async with connect("Ana", address="192.0.2.2") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await ana.next("presence")
            for _ in range(40):
                await charlie.send_command("send", room="lobby", body="flood")
            assert await charlie.closed() == CloseCode.FLOODING
            errors = charlie.unread
            assert {error["code"] for error in errors} == {"rate_limited"}
            assert errors[-1]["retry_after"] > 0
            await ana.receives_nothing()


class SwitchedOffTests(SocketTestCase):
    async def test_nothing_is_limited_where_limits_are_off(self):
        await configure(socket_burst=1, person_burst=1, address_burst=1)
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ion.join("lobby")
            await ana.join("lobby")
            for _ in range(100):
                await ana.send_command("send", room="lobby", body="again")
            await ion.receives_messages(*["again"] * 100)
