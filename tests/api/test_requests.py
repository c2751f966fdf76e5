"""How a request's body is taken: up to a limit, and never much further."""

from unittest import IsolatedAsyncioTestCase

import pytest
from django.core.exceptions import RequestAborted

from chat.api.requests import HEARD_OUT, Request
from chat.rules.errors import ChatError

LIMIT = 100


class BodyTests(IsolatedAsyncioTestCase):
    async def taken(self, *messages: dict) -> bytes:
        """Take a body of at most LIMIT bytes that comes in these messages."""
        self.left = list(messages)

        async def receive() -> dict:
            return self.left.pop(0)

        scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
        request = Request(scope, receive)
        await request.take_body(LIMIT)
        return request.body

    def parts(self, *sizes: int) -> list[dict]:
        parts = [{"type": "http.request", "body": b"x" * n, "more_body": True} for n in sizes]
        return [*parts, {"type": "http.request"}]

    async def test_it_may_come_in_parts(self):
        assert await self.taken(*self.parts(60, 40)) == b"x" * 100

    async def test_a_client_that_sends_too_much_may_finish_and_hear_why(self):
        with pytest.raises(ChatError):
            await self.taken(*self.parts(60, 41, 500))
        assert self.left == []

    async def test_but_is_not_listened_to_without_end(self):
        with pytest.raises(ChatError):
            await self.taken(*self.parts(*[LIMIT] * 1000))
        assert len(self.left) > 1000 - HEARD_OUT - 2

    async def test_a_client_that_goes_meanwhile_gets_no_answer(self):
        with pytest.raises(RequestAborted):
            await self.taken(*self.parts(50)[:1], {"type": "http.disconnect"})
