"""What uvicorn's protocol for HTTP does beside uvicorn's own."""

import asyncio
import socket
from unittest import IsolatedAsyncioTestCase, mock

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from chatsite.server.http import MAX_AROUND_BODY, HttpProtocol, notice_death
from tests.support.processes import eventually

POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"


def test_a_line_of_another_kind_is_left_as_it_is():
    one, other = socket.socketpair()
    with one, other:
        notice_death(one)
    notice_death(None)


async def measure(scope, receive, send):
    """Answer with the size of the body and the names of the headers, when all has come.

    Under /early, answer before the body; under /endless, without an end.
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
        self.lines: list[HttpProtocol] = []

        def line() -> HttpProtocol:
            self.lines.append(HttpProtocol(config, ServerState(), {}))
            return self.lines[-1]

        self.server = await asyncio.get_running_loop().create_server(line, "127.0.0.1", 0)
        self.addAsyncCleanup(self.server.wait_closed)
        self.addCleanup(self.server.close)

    async def asked(self, *parts: bytes) -> bytes:
        """Return all that the server answers until it hangs up."""
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

    async def test_what_stands_behind_a_body_is_neither_kept_nor_endless(self):
        answer = await self.asked(
            CHUNKED.replace(b"Host", b"Connection: close\r\nHost"),
            b"2\r\nhi\r\n0\r\nX-Late: 1\r\n\r\n",
        )
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"2 [b'connection', b'host', b'transfer-encoding']")
        for endless in (b"X-Late: 1\r\n" * MAX_AROUND_BODY, b"x" * 4 * MAX_AROUND_BODY):
            answer = await self.asked(CHUNKED, b"2\r\nhi\r\n0\r\n", endless)
            assert answer[:12] in (b"HTTP/1.1 431", b"")

    async def test_who_does_not_come_to_the_end_of_a_body_is_not_waited_for(self):
        with mock.patch("chatsite.server.http.BODY_WITHIN", 0.1):
            for part in (b"Content-Length: 9\r\n\r\nhi", b"Content-Length: 9\r\n\r\n"):
                assert (await self.asked(POST + part)).startswith(b"HTTP/1.1 408")
            assert (await self.asked(CHUNKED, b"2\r\nhi\r\n")).startswith(b"HTTP/1.1 408")

    async def test_who_does_not_come_to_the_end_of_a_later_head_is_not_waited_for_either(self):
        with mock.patch("chatsite.server.http.HEAD_WITHIN", 0.1):
            answer = await self.asked(POST + b"Content-Length: 0\r\n\r\n" + POST)
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"HTTP/1.1 408" in answer

    async def test_a_client_that_reads_slowly_is_not_refused_for_the_servers_own_waiting(self):
        with mock.patch("chatsite.server.http.BODY_WITHIN", 0.05):
            waiting = asyncio.create_task(self.asked(POST + b"Content-Length: 9\r\n\r\nhi"))
            await eventually(lambda: self.lines and self.lines[0].cycle, "the request")
            self.lines[0].flow.pause_reading()
            await asyncio.sleep(0.2)
            assert not waiting.done()
            self.lines[0].flow.resume_reading()
            assert (await waiting).startswith(b"HTTP/1.1 408")

    async def test_who_is_being_answered_and_asks_on_slowly_finds_no_refusal_in_the_answer(self):
        endless = POST.replace(b"/", b"/endless", 1) + b"Content-Length: 0\r\n\r\n"
        with mock.patch("chatsite.server.http.HEAD_WITHIN", 0.2):
            answer = await self.asked(endless + POST)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.count(b"HTTP/1.1 ") == 1

    @pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has none")
    async def test_a_client_whose_machine_is_silent_counts_as_gone_after_a_while(self):
        reader, writer = await asyncio.open_connection(*self.server.sockets[0].getsockname())
        async with asyncio.timeout(10):
            writer.write(POST + b"Content-Length: 0\r\n\r\n")
            await reader.readuntil(b"\r\n\r\n")
            line = self.lines[0].transport.get_extra_info("socket")
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 40_000
            writer.close()

    async def test_who_has_an_answer_already_gets_no_other(self):
        early = POST.replace(b"/", b"/early", 1) + b"Content-Length: 9\r\n\r\nhi"
        with mock.patch("chatsite.server.http.BODY_WITHIN", 0.1):
            answer = await self.asked(early)
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.count(b"HTTP/1.1 ") == 1
