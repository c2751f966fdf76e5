"""BodyLimit: a request's body is at most what Django takes, and nothing beyond it is kept."""

from unittest import IsolatedAsyncioTestCase

from chatsite.server.bodies import BodyLimit

LIMIT = 1024


class BodyLimitTests(IsolatedAsyncioTestCase):
    async def request(self, *parts: bytes, length: int | None = None) -> tuple[int, list[bytes]]:
        """Send a body in parts; return the response's status and the parts that were read."""
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

    async def test_a_body_up_to_the_limit_is_passed_on(self):
        parts = (b"x" * 1000, b"x" * 24)
        assert await self.request(*parts, length=LIMIT) == (200, list(parts))

    async def test_a_body_with_a_larger_content_length_is_not_read(self):
        assert await self.request(b"x", length=LIMIT + 1) == (413, [])
        # And the rest of it is not waited for.
        assert self.headers[b"connection"] == b"close"

    async def test_a_body_of_unknown_length_is_read_up_to_the_limit(self):
        status, kept = await self.request(*[b"x" * 100] * 1000)
        assert status == 413
        assert len(b"".join(kept)) <= LIMIT

    async def test_an_invalid_content_length_is_ignored(self):
        assert (await self.request(b"x", length=-1))[0] == 200
