"""What a request may bring to the pages: no more than Django takes, and no byte more is kept."""

from unittest import IsolatedAsyncioTestCase

from chatsite.server.bodies import BodyLimit

LIMIT = 1024


class BodyLimitTests(IsolatedAsyncioTestCase):
    async def asked(self, *parts: bytes, length: int | None = None) -> tuple[int, list[bytes]]:
        """Send a body in parts; return the answer's status and the parts that were asked for."""
        headers = [] if length is None else [(b"content-length", str(length).encode())]
        kept, sent, left = [], [], list(parts)

        async def receive() -> dict:
            part = left.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(left)}

        async def send(message: dict) -> None:
            sent.append(message)

        async def application(scope, receive, send) -> None:
            more = True
            while more:
                message = await receive()
                kept.append(message["body"])
                more = message["more_body"]
            await send({"type": "http.response.start", "status": 200, "headers": []})

        scope = {"type": "http", "headers": headers}
        await BodyLimit(application, LIMIT)(scope, receive, send)
        self.headers = dict(sent[0]["headers"])
        return sent[0]["status"], kept

    async def test_up_to_the_limit_all_is_passed_on(self):
        parts = (b"x" * 1000, b"x" * 24)
        assert await self.asked(*parts, length=LIMIT) == (200, list(parts))

    async def test_what_says_that_it_is_larger_is_not_read_at_all(self):
        assert await self.asked(b"x", length=LIMIT + 1) == (413, [])
        # Nor listened to until it has come.
        assert self.headers[b"connection"] == b"close"

    async def test_what_does_not_say_how_large_it_is_is_read_up_to_the_limit(self):
        status, kept = await self.asked(*[b"x" * 100] * 1000)
        assert status == 413
        assert len(b"".join(kept)) <= LIMIT

    async def test_a_length_that_is_none_counts_for_nothing(self):
        assert (await self.asked(b"x", length=-1))[0] == 200
