"""How many connections one person and one address may have at once."""

from contextlib import AsyncExitStack, suppress

from django.test import override_settings

from chat.live import server
from chat.rules.errors import CloseCode
from tests.support.people import configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, open_socket


@override_settings(CHAT_RATE_LIMITS=True)
class ConnectionLimitTests(SocketTestCase):
    async def check_refused(self, socket) -> None:
        error = await socket.receives_error("rate_limited")
        assert "too many tabs" in error["message"]
        assert error["retry_after"] >= 10
        assert await socket.closed() == CloseCode.FLOODING

    async def test_a_person_over_the_limit_of_sockets_is_refused(self):
        await configure(person_sockets=2)
        async with connect("Ana") as ana, connect(token=ana.token), open_socket() as third:
            await third.send_command("hello", token=ana.token)
            await self.check_refused(third)
            # The others stay connected, and other people can connect.
            await ana.request("ping")
            async with connect("Ion") as ion:
                await ion.request("ping")

    async def test_a_member_has_the_same_limit_of_sockets_as_a_guest(self):
        await configure(person_sockets=1)
        mara = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with connect(**mara), open_socket(**mara) as second:
            await second.send_command("hello")
            await self.check_refused(second)

    async def test_sockets_opened_at_once_by_one_token_are_limited(self):
        await configure(person_sockets=2)
        async with connect("Charlie") as charlie:
            token = charlie.token
        async with AsyncExitStack() as stack:
            tabs = [await stack.enter_async_context(open_socket()) for _ in range(6)]
            for number, tab in enumerate(tabs):
                await tab.send_command("hello", token=token, name=f"Charlie {number}")
            for tab in tabs:
                with suppress(AssertionError):
                    await tab.next("welcome")
            assert len((await server.current()).registry.connections) == 2

    async def test_closing_a_socket_makes_place_for_another(self):
        await configure(person_sockets=2)
        async with connect("Ana") as ana:
            async with connect(token=ana.token):
                pass
            async with connect(token=ana.token) as tab:
                await tab.request("ping")

    async def test_a_second_hello_takes_no_second_place(self):
        await configure(person_sockets=1)
        async with connect("Ana") as ana:
            await ana.hello(name="Anna")
            await ana.request("ping")

    async def test_hello_as_another_person_frees_the_first_place(self):
        await configure(person_sockets=1)
        async with connect("Eva") as eva:
            pass
        async with connect("Ana") as ana:
            token = ana.token
            await ana.hello(token=eva.token)
            async with connect(token=token) as again:
                await again.request("ping")

    async def test_sockets_of_an_address_are_limited_even_before_hello(self):
        await configure(address_sockets=2)
        async with open_socket(), open_socket(), open_socket() as third:
            await self.check_refused(third)
            async with connect("Ion", address="192.0.2.2") as ion:
                await ion.request("ping")

    async def test_an_address_is_forgotten_with_its_last_socket(self):
        await configure(address_sockets=1)
        for _ in range(3):
            async with connect("Ana") as ana:
                await ana.request("ping")
        assert not (await server.current()).limiter._connections

    async def test_sockets_are_unlimited_where_limits_are_off(self):
        await configure(address_sockets=1, person_sockets=1)
        (await server.current()).limiter.enabled = False
        async with connect("Ana") as ana, connect(token=ana.token) as tab:
            await tab.request("ping")
