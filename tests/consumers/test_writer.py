"""The way out of a socket: in order, and never waited for by those who serve others."""

import asyncio
from unittest import IsolatedAsyncioTestCase

from chat.connection.writers import SocketWriter
from chat.protocol import Frame
from tests.support.sockets import DEADLINE


class Line:
    """A client's end of an ASGI `send` that can be stopped up, or cut."""

    def __init__(self):
        self.sent = []
        self.free = asyncio.Event()
        self.free.set()
        self.cut = False
        self.under_way = self.most_under_way = 0

    async def send(self, message: dict) -> None:
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        await self.free.wait()
        self.under_way -= 1
        if self.cut:
            raise OSError("the client is gone")
        self.sent.append(message.get("text", "").strip("[]") or message.get("code"))


class WriterTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.line = Line()
        self.drained = asyncio.Event()
        self.writer = SocketWriter(self.line.send, self.drained.set)

    async def test_a_frame_goes_out_at_once_where_nothing_blocks(self):
        assert self.writer.write(Frame(["one"])) is True
        assert self.line.sent == ["one"]
        assert not self.writer.blocked

    async def test_a_writer_whose_line_is_stopped_up_says_so_and_waits_for_nobody(self):
        self.line.free.clear()
        assert self.writer.write(Frame(["one"])) is False
        assert self.writer.blocked
        assert self.line.sent == []

    async def test_what_waited_goes_out_in_order_and_the_writer_tells_that_it_is_free(self):
        self.line.free.clear()
        for text in ("one", "two", "three"):
            self.writer.write(Frame([text]))
        self.line.free.set()
        async with asyncio.timeout(DEADLINE):
            await self.drained.wait()
        assert self.line.sent == ["one", "two", "three"]
        assert self.line.most_under_way == 1
        assert not self.writer.blocked
        assert self.writer.write(Frame(["four"])) is True

    async def test_who_waits_for_the_writer_waits_until_all_is_out(self):
        self.line.free.clear()
        self.writer.write(Frame(["one"]))
        self.writer.write(Frame(["two"]))
        asyncio.get_running_loop().call_soon(self.line.free.set)
        async with asyncio.timeout(DEADLINE):
            await self.writer.drained()
        assert self.line.sent == ["one", "two"]

    async def test_goodbye_is_said_behind_what_was_written_and_nothing_after_it(self):
        self.line.free.clear()
        self.writer.write(Frame(["one"]))
        self.writer.close(4403)
        self.writer.write(Frame(["too late"]))
        self.writer.close(1000)
        self.line.free.set()
        async with asyncio.timeout(DEADLINE):
            await self.writer.drained()
        assert self.line.sent == ["one", 4403]

    async def test_a_server_that_knows_a_close_code_not_closes_all_the_same(self):
        async def choosy(message):
            if message.get("code", 1000) not in {1000, *range(3000, 5000)}:
                raise ValueError("no such code")
            await self.line.send(message)

        SocketWriter(choosy, self.drained.set).close(1003)
        SocketWriter(choosy, self.drained.set).close(4400)
        assert self.line.sent == [None, 4400]

    async def test_a_client_that_is_gone_is_no_error(self):
        self.line.cut = True
        self.writer.write(Frame(["one"]))
        self.writer.write(Frame(["two"]))
        self.line.free.clear()
        other = SocketWriter(self.line.send, self.drained.set)
        other.write(Frame(["one"]))
        other.write(Frame(["two"]))
        self.line.free.set()
        async with asyncio.timeout(DEADLINE):
            await other.drained()
        assert self.line.sent == []
        assert not other.blocked

    async def test_a_stopped_writer_leaves_no_task_behind(self):
        self.line.free.clear()
        self.writer.write(Frame(["one"]))
        await self.writer.stop()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert self.line.sent == []
