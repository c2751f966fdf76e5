"""Several requests sent at once over one line, whose answers come in turn, or not any more."""

import asyncio
from unittest import IsolatedAsyncioTestCase

from uvicorn import Config
from uvicorn.server import ServerState

from chatsite.server.http import HttpProtocol

ASKED = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class PipeliningTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.gone = asyncio.Queue()
        config = Config(self.answer, interface="asgi3", log_config=None)
        config.load()
        self.server = await asyncio.get_running_loop().create_server(
            lambda: HttpProtocol(config, ServerState(), {}), "127.0.0.1", 0
        )
        self.addAsyncCleanup(self.server.wait_closed)
        self.addCleanup(self.server.close)

    async def answer(self, scope, receive, send):
        """Begin an answer that does not end, and tell when its reader has gone."""
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        message = await receive()
        # To nobody: no error, and no word for the log.
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        self.gone.put_nowait(message["type"])

    async def test_a_reader_who_goes_is_gone_however_many_requests_wait_behind_the_first(self):
        for requests in (1, 2, 5):
            reader, writer = await asyncio.open_connection(*self.server.sockets[0].getsockname())
            writer.write(ASKED * requests)
            async with asyncio.timeout(10):
                await reader.readuntil(b"\r\n\r\n")
                writer.transport.abort()
                assert await self.gone.get() == "http.disconnect"
            assert self.gone.empty()
