"""Requests as the HTTP doors read them: from the server itself, without Django's handler."""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIRequest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from chat.api.refusals import too_big

# Who sends far too much is not read to the end, only far enough to hear the answer.
HEARD_OUT = 16


class Request(ASGIRequest):
    """A request whose body is read by `take_body`, and which tells when its client has gone."""

    def __init__(self, scope: dict, receive: Callable[[], Awaitable[dict]]):
        # ASGIRequest raises for a query that is no UTF-8; each door says what is wrong with it.
        query = scope.get("query_string", b"").decode(errors="replace").encode()
        super().__init__(scope | {"query_string": query}, BytesIO())
        self._receive = receive
        # No form is read, in which Django would look for a CSRF token: the doors take JSON alone,
        # and a broken form would be a fault of ours.
        self._post, self._files = QueryDict(), MultiValueDict()

    async def take_body(self, limit: int) -> None:
        """Read the body. Raises a refusal of one over `limit` bytes, of which nothing is kept."""
        body, size, more = BytesIO(), 0, True
        while more and size <= limit * HEARD_OUT:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            part, more = message.get("body", b""), message.get("more_body", False)
            size += len(part)
            if size <= limit:
                body.write(part)
        if size > limit:
            raise too_big()
        body.seek(0)
        self._stream = body

    async def abandoned(self) -> None:
        """Wait until the client has gone; for who has read the body."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def first_of(*waits: Awaitable, seconds: float | None = None) -> None:
    """Wait until one of these has come, or so many seconds have passed; give up the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
