"""How many connections one person and one address may have at once."""

from contextlib import AsyncExitStack, suppress

from django.test import override_settings

from chat.live import server
from chat.rules.errors import CloseCode
from tests.support.people import configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, open_socket


@override_settings(CHAT_RATE_LIMITS=True)
class PlacesTests(SocketTestCase):
    async def refused(self, socket) -> None:
        error = await socket.refused("rate_limited")
        assert "too many connections" in error["message"]
        assert error["retry_after"] >= 10
        assert await socket.closed() == CloseCode.FLOODING

    async def test_a_person_has_so_many_tabs_and_is_told_so_in_the_next_one(self):
        await configure(person_sockets=2)
        async with connect("Ana") as ana, connect(token=ana.token), open_socket() as third:
            await third.say("hello", token=ana.token)
            await self.refused(third)
            # The others stay, and other people are as welcome as before.
            await ana.ask("ping")
            async with connect("Ion") as ion:
                await ion.ask("ping")

    async def test_a_member_has_no_more_tabs_than_a_guest(self):
        await configure(person_sockets=1)
        mara = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with connect(**mara), open_socket(**mara) as second:
            await second.say("hello")
            await self.refused(second)

    async def test_whoever_opens_many_in_one_moment_under_another_name_has_no_more(self):
        await configure(person_sockets=2)
        async with connect("Charlie") as charlie:
            token = charlie.token
        async with AsyncExitStack() as stack:
            tabs = [await stack.enter_async_context(open_socket()) for _ in range(6)]
            for number, tab in enumerate(tabs):
                await tab.say("hello", token=token, name=f"Charlie {number}")
            for tab in tabs:
                with suppress(AssertionError):
                    await tab.next("welcome")
            assert len((await server.current()).connections) == 2

    async def test_whoever_closes_a_tab_has_room_for_another(self):
        await configure(person_sockets=2)
        async with connect("Ana") as ana:
            async with connect(token=ana.token):
                pass
            async with connect(token=ana.token) as tab:
                await tab.ask("ping")

    async def test_saying_hello_again_takes_no_second_place(self):
        await configure(person_sockets=1)
        async with connect("Ana") as ana:
            await ana.hello(name="Anna")
            await ana.ask("ping")

    async def test_saying_hello_as_somebody_else_gives_up_the_place_one_had(self):
        await configure(person_sockets=1)
        async with connect("Eva") as eva:
            pass
        async with connect("Ana") as ana:
            token = ana.token
            await ana.hello(token=eva.token)
            async with connect(token=token) as again:
                await again.ask("ping")

    async def test_an_address_has_so_many_sockets_whether_or_not_they_say_hello(self):
        await configure(address_sockets=2)
        async with open_socket(), open_socket(), open_socket() as third:
            await self.refused(third)
            async with connect("Ion", address="192.0.2.2") as ion:
                await ion.ask("ping")

    async def test_an_address_is_forgotten_with_its_last_socket(self):
        await configure(address_sockets=1)
        for _ in range(3):
            async with connect("Ana") as ana:
                await ana.ask("ping")
        assert not (await server.current()).limiter._at_address

    async def test_where_limits_are_lifted_places_are_too(self):
        await configure(address_sockets=1, person_sockets=1)
        (await server.current()).limiter.enabled = False
        async with connect("Ana") as ana, connect(token=ana.token) as tab:
            await tab.ask("ping")
