"""A small HTTP client that keeps its connections, for requests that are made beforehand."""

import asyncio
import json
import re
from collections.abc import Callable

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Client:
    """One connection to a server."""

    def __init__(self, port: int):
        self.port = port

    async def __aenter__(self):
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self.port)
        return self

    async def __aexit__(self, *exception):
        self._writer.close()

    async def fetch(self, request: bytes) -> int:
        """Send a request and give the status of the answer, having read all of it."""
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = LENGTH.search(head)
        if length is None:
            raise ConnectionError(f"An answer without a length: {head!r}")
        await self._reader.readexactly(int(length[1]))
        return int(head.split(b" ", 2)[1])


def request(method: str, path: str, body: dict | None = None, token: str = "") -> bytes:
    """Give the bytes of a request."""
    content = json.dumps(body) if body is not None else ""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", content]).encode()


async def repeat(client: Client, make: Callable[[], bytes], answered: Callable[[int], None]):
    """Send requests one after the other until cancelled, telling the status of each answer."""
    while True:
        answered(await client.fetch(make()))
