"""Turns: the requests of one address in progress are limited, and nobody else waits."""

import asyncio
from unittest import IsolatedAsyncioTestCase

from chatsite.server.turns import AT_ONCE, Turns


class TurnsTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.inside, self.go_on = [], asyncio.Event()
        self.turns = Turns(self.application)

    async def application(self, scope, receive, send) -> None:
        self.inside.append(scope["client"])
        await self.go_on.wait()

    def ask(self, client: tuple[str, int] | None) -> asyncio.Task:
        return asyncio.create_task(self.turns({"client": client}, None, None))

    async def test_surplus_requests_of_an_address_wait_for_their_turn(self):
        asked = [self.ask(("192.0.2.1", port)) for port in range(AT_ONCE + 5)]
        await asyncio.sleep(0)
        assert len(self.inside) == AT_ONCE
        self.go_on.set()
        await asyncio.gather(*asked)
        assert len(self.inside) == AT_ONCE + 5
        asked.clear()
        assert not self.turns._places

    async def test_nobody_waits_for_another_address(self):
        asked = [self.ask(("192.0.2.1", port)) for port in range(AT_ONCE + 1)]
        asked += [self.ask(("192.0.2.2", 1)), self.ask(None)]
        await asyncio.sleep(0)
        assert self.inside[AT_ONCE:] == [("192.0.2.2", 1), None]
        self.go_on.set()
        await asyncio.gather(*asked)

    async def test_another_address_of_the_same_network_shares_the_limit(self):
        asked = [self.ask((f"2001:db8::{number}", 1)) for number in range(AT_ONCE + 1)]
        await asyncio.sleep(0)
        assert len(self.inside) == AT_ONCE
        self.go_on.set()
        await asyncio.gather(*asked)

    async def test_a_cancelled_request_takes_nobodys_turn(self):
        first = [self.ask(("192.0.2.1", port)) for port in range(AT_ONCE)]
        waiting = [self.ask(("192.0.2.1", port)) for port in range(5)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        self.go_on.set()
        await asyncio.gather(*first)
        await asyncio.wait_for(self.ask(("192.0.2.1", 1)), 1)
