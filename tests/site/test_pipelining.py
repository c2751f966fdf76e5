"""Several requests sent at once over one connection; uvicorn handles them one after the other."""

import asyncio
from unittest import IsolatedAsyncioTestCase

from uvicorn import Config
from uvicorn.server import ServerState

from chatsite.server.http import HttpProtocol

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class PipeliningTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.disconnects = asyncio.Queue()
        config = Config(self.respond, interface="asgi3", log_config=None)
        config.load()
        self.server = await asyncio.get_running_loop().create_server(
            lambda: HttpProtocol(config, ServerState(), {}), "127.0.0.1", 0
        )
        self.addAsyncCleanup(self.server.wait_closed)
        self.addCleanup(self.server.close)

    async def respond(self, scope, receive, send):
        """Begin a response that does not end, and record the disconnect of its reader."""
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        message = await receive()
        # Nobody receives it: that is no error, and nothing is logged.
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        self.disconnects.put_nowait(message["type"])

    async def test_a_disconnect_reaches_the_first_of_many_requests(self):
        for requests in (1, 2, 5):
            reader, writer = await asyncio.open_connection(*self.server.sockets[0].getsockname())
            writer.write(REQUEST * requests)
            async with asyncio.timeout(10):
                await reader.readuntil(b"\r\n\r\n")
                writer.transport.abort()
                assert await self.disconnects.get() == "http.disconnect"
            assert self.disconnects.empty()
