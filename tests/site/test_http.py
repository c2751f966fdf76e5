"""Limits of requests in HttpProtocol, which uvicorn's own protocol has not."""

import asyncio
import socket
from unittest import IsolatedAsyncioTestCase, mock

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from chatsite.server.http import MAX_AROUND_BODY, HttpProtocol
from chatsite.server.serving import limit_silence
from tests.support.processes import eventually

POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


async def measure(scope, receive, send):
    """Respond with the body's size and the headers' names, after the whole request.

    /early responds before the body, /endless begins a response and does not end it.
    """
    if scope["path"] == "/endless":
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await receive()
        return
    size, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    body = f"{size} {[name for name, _ in scope['headers']]}".encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class BodyTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        config = Config(measure, interface="asgi3", log_config=None)
        config.load()
        self.connections: list[HttpProtocol] = []

        def connect() -> HttpProtocol:
            self.connections.append(HttpProtocol(config, ServerState(), {}))
            return self.connections[-1]

        listener = socket.create_server(("127.0.0.1", 0))
        limit_silence(listener)
        self.server = await asyncio.get_running_loop().create_server(connect, sock=listener)
        self.addAsyncCleanup(self.server.wait_closed)
        self.addCleanup(self.server.close)

    async def request(self, *parts: bytes) -> bytes:
        """Send a request in parts; return all that the server sends until it closes."""
        reader, writer = await asyncio.open_connection(*self.server.sockets[0].getsockname())
        async with asyncio.timeout(10):
            for part in parts:
                writer.write(part)
            try:
                return await reader.read()
            except ConnectionResetError:
                return b""
            finally:
                writer.close()

    async def test_trailers_are_neither_kept_nor_endless(self):
        response = await self.request(
            CHUNKED.replace(b"Host", b"Connection: close\r\nHost"),
            b"2\r\nhi\r\n0\r\nX-Late: 1\r\n\r\n",
        )
        assert response.startswith(b"HTTP/1.1 200")
        assert response.endswith(b"2 [b'connection', b'host', b'transfer-encoding']")
        for endless in (b"X-Late: 1\r\n" * MAX_AROUND_BODY, b"x" * 4 * MAX_AROUND_BODY):
            response = await self.request(CHUNKED, b"2\r\nhi\r\n0\r\n", endless)
            assert response[:12] in (b"HTTP/1.1 431", b"")

    async def test_an_unfinished_body_times_out(self):
        with mock.patch("chatsite.server.http.BODY_WITHIN", 0.1):
            for part in (b"Content-Length: 9\r\n\r\nhi", b"Content-Length: 9\r\n\r\n"):
                assert (await self.request(POST + part)).startswith(b"HTTP/1.1 408")
            assert (await self.request(CHUNKED, b"2\r\nhi\r\n")).startswith(b"HTTP/1.1 408")

    async def test_an_unfinished_head_of_a_later_request_times_out(self):
        with mock.patch("chatsite.server.http.HEAD_WITHIN", 0.1):
            response = await self.request(POST + b"Content-Length: 0\r\n\r\n" + POST)
        assert response.startswith(b"HTTP/1.1 200")
        assert b"HTTP/1.1 408" in response

    async def test_a_client_is_not_timed_out_while_the_server_does_not_read(self):
        with mock.patch("chatsite.server.http.BODY_WITHIN", 0.05):
            waiting = asyncio.create_task(self.request(POST + b"Content-Length: 9\r\n\r\nhi"))
            await eventually(lambda: self.connections and self.connections[0].cycle, "the request")
            self.connections[0].flow.pause_reading()
            await asyncio.sleep(0.2)
            assert not waiting.done()
            self.connections[0].flow.resume_reading()
            assert (await waiting).startswith(b"HTTP/1.1 408")

    async def test_no_refusal_is_written_into_a_response_under_way(self):
        endless = POST.replace(b"/", b"/endless", 1) + b"Content-Length: 0\r\n\r\n"
        with mock.patch("chatsite.server.http.HEAD_WITHIN", 0.2):
            response = await self.request(endless + POST)
        assert response.startswith(b"HTTP/1.1 200")
        assert response.count(b"HTTP/1.1 ") == 1

    @pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has none")
    async def test_a_silent_machine_is_disconnected_by_the_system(self):
        reader, writer = await asyncio.open_connection(*self.server.sockets[0].getsockname())
        async with asyncio.timeout(10):
            writer.write(POST + b"Content-Length: 0\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            sock = self.connections[0].transport.get_extra_info("socket")
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 40_000
            writer.close()

    async def test_a_request_with_a_response_gets_no_refusal(self):
        early = POST.replace(b"/", b"/early", 1) + b"Content-Length: 9\r\n\r\nhi"
        with mock.patch("chatsite.server.http.BODY_WITHIN", 0.1):
            response = await self.request(early)
        assert response.startswith(b"HTTP/1.1 200")
        assert response.count(b"HTTP/1.1 ") == 1
