"""The writer of a socket: it sends in order, and never makes its caller wait."""

import asyncio
from unittest import IsolatedAsyncioTestCase

from chat.connection.writers import SocketWriter
from chat.protocol import Frame
from tests.support.sockets import DEADLINE


class FakeClient:
    """The receiving end of an ASGI `send`: it may stop reading, or disconnect."""

    def __init__(self):
        self.sent = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.disconnected = False
        self.under_way = self.most_under_way = 0

    async def send(self, message: dict) -> None:
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        await self.reading.wait()
        self.under_way -= 1
        if self.disconnected:
            raise OSError("the client is gone")
        self.sent.append(message.get("text", "").strip("[]") or message.get("code"))


class WriterTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = FakeClient()
        self.drained = asyncio.Event()
        self.writer = SocketWriter(self.client.send, self.drained.set)

    async def test_a_frame_is_sent_at_once_where_nothing_waits(self):
        assert self.writer.write(Frame(["one"])) is True
        assert self.client.sent == ["one"]
        assert not self.writer.blocked

    async def test_a_writer_whose_client_does_not_read_is_blocked(self):
        self.client.reading.clear()
        assert self.writer.write(Frame(["one"])) is False
        assert self.writer.blocked
        assert self.client.sent == []

    async def test_waiting_frames_are_sent_in_order_before_on_drain(self):
        self.client.reading.clear()
        for text in ("one", "two", "three"):
            self.writer.write(Frame([text]))
        self.client.reading.set()
        async with asyncio.timeout(DEADLINE):
            await self.drained.wait()
        assert self.client.sent == ["one", "two", "three"]
        assert self.client.most_under_way == 1
        assert not self.writer.blocked
        assert self.writer.write(Frame(["four"])) is True

    async def test_drained_waits_until_everything_is_sent(self):
        self.client.reading.clear()
        self.writer.write(Frame(["one"]))
        self.writer.write(Frame(["two"]))
        asyncio.get_running_loop().call_soon(self.client.reading.set)
        async with asyncio.timeout(DEADLINE):
            await self.writer.drained()
        assert self.client.sent == ["one", "two"]

    async def test_the_close_comes_after_the_frames_and_nothing_after_it(self):
        self.client.reading.clear()
        self.writer.write(Frame(["one"]))
        self.writer.close(4403)
        self.writer.write(Frame(["too late"]))
        self.writer.close(1000)
        self.client.reading.set()
        async with asyncio.timeout(DEADLINE):
            await self.writer.drained()
        assert self.client.sent == ["one", 4403]

    async def test_an_unsupported_close_code_still_closes_the_socket(self):
        async def choosy(message):
            if message.get("code", 1000) not in {1000, *range(3000, 5000)}:
                raise ValueError("no such code")
            await self.client.send(message)

        SocketWriter(choosy, self.drained.set).close(1003)
        SocketWriter(choosy, self.drained.set).close(4400)
        assert self.client.sent == [None, 4400]

    async def test_a_disconnected_client_is_not_an_error(self):
        self.client.disconnected = True
        self.writer.write(Frame(["one"]))
        self.writer.write(Frame(["two"]))
        self.client.reading.clear()
        other = SocketWriter(self.client.send, self.drained.set)
        other.write(Frame(["one"]))
        other.write(Frame(["two"]))
        self.client.reading.set()
        async with asyncio.timeout(DEADLINE):
            await other.drained()
        assert self.client.sent == []
        assert not other.blocked

    async def test_a_stopped_writer_leaves_no_task(self):
        self.client.reading.clear()
        self.writer.write(Frame(["one"]))
        await self.writer.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert self.client.sent == []
