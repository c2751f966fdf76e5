"""Requests of the API, read from the ASGI server itself, without Django's handler."""

import asyncio
from collections.abc import Awaitable, Callable
from io import BytesIO

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIRequest
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from chat.api.errors import body_too_large

# Of a body that is too large, so many times its limit is read and dropped: most clients read the
# response only when they have sent everything. After that they are not waited for.
READ_AT_MOST = 16


class Request(ASGIRequest):
    """A request whose body is read by `read_body`, and which knows when its client has gone."""

    def __init__(self, scope: dict, receive: Callable[[], Awaitable[dict]]):
        # ASGIRequest raises for a query that is not UTF-8; each endpoint refuses it by itself.
        query = scope.get("query_string", b"").decode(errors="replace").encode()
        super().__init__(scope | {"query_string": query}, BytesIO())
        self._receive = receive
        # Endpoints see a GET; the response to it is sent without its body.
        self.is_head = self.method == "HEAD"
        if self.is_head:
            self.method = "GET"
        # No form is read, in which Django would look for a CSRF token: the endpoints take JSON
        # alone, and a malformed form would count as a fault of the server.
        self._post, self._files = QueryDict(), MultiValueDict()

    async def read_body(self, limit: int) -> None:
        """Read the body. Raises ChatError if it is over `limit` bytes; nothing is kept of it then,
        and RequestAborted if the client goes meanwhile."""
        body, size, more = BytesIO(), 0, True
        while more and size <= limit * READ_AT_MOST:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise RequestAborted
            part, more = message.get("body", b""), message.get("more_body", False)
            size += len(part)
            if size <= limit:
                body.write(part)
        if size > limit:
            raise body_too_large(limit)
        body.seek(0)
        self._stream = body

    async def disconnected(self) -> None:
        """Wait until the client has gone. The body has to be read before."""
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def first_of(*waits: Awaitable, seconds: float | None = None) -> None:
    """Wait until one of these has finished or so many seconds have passed; cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
