"""A small HTTP client with a persistent connection, for prepared requests."""

import asyncio
import json
import re
from collections.abc import Callable

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class HttpClient:
    """One connection to a server."""

    def __init__(self, port: int):
        self.port = port

    async def __aenter__(self):
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *exception):
        self._writer.close()

    async def fetch(self, request: bytes) -> int:
        """Send a request and read the response; return its status."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None:
            raise ConnectionError(f"A response without a length: {head!r}")
        await self._reader.readexactly(int(length[1]))
        return int(head.split(b" ", 2)[1])


def request(
    method: str, path: str, body: dict | None = None, token: str = "", cookie: str = ""
) -> bytes:
    """Return the bytes of a request."""
    content = json.dumps(body) if body is not None else ""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return "\r\n".join([*lines, "", content]).encode()


async def repeat(client: HttpClient, make: Callable[[], bytes], on_status: Callable[[int], None]):
    """Send requests one after the other until cancelled; pass on the status of each response."""
    while True:
        on_status(await client.fetch(make()))
