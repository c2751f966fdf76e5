"""The fast path through uvicorn's WebSocket: the same messages, however their bytes arrive."""

import asyncio
from unittest import IsolatedAsyncioTestCase, mock

from uvicorn import Config
from uvicorn.server import ServerState
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from chat.rules.errors import CloseCode
from chatsite.server.fixes import LEFT_TO_THE_CHAT
from chatsite.server.websocket import EXTENSION, EXTRA_FRAMES, FRAMES_A_TURN, WebSocketProtocol
from tests.support.sockets import DEADLINE

MASK_KEY = 4


class Transport(asyncio.Transport):
    """The server's end of a connection, which passes what is written to the client."""

    def __init__(self, client: ClientProtocol):
        super().__init__()
        self.client = client
        self.closed = False
        self.reading = True
        self.aborted = asyncio.Event()

    def abort(self) -> None:
        self.aborted.set()

    def write(self, data: bytes) -> None:
        if self.closed:
            raise RuntimeError("uvloop writes nothing to a transport that is closed")
        self.client.receive_data(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def masked(opcode: Opcode, data: bytes, fin: bool = True) -> bytes:
    """Return a client's frame."""
    return Frame(opcode, data, fin).serialize(mask=True)


class WebSocketTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.messages: asyncio.Queue[dict] = asyncio.Queue()
        self.scope = None
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.config = Config(
            self.application,
            interface="asgi3",
            ws_max_size=2**16,
            ws_per_message_deflate=False,
            log_config=None,
        )
        self.config.load()
        self.server = await self.handshake()

    async def handshake(self) -> WebSocketProtocol:
        """Return the server's side of a new socket; keep the client and the transport."""
        self.client = ClientProtocol(parse_uri("ws://localhost/ws/"))
        server = WebSocketProtocol(self.config, ServerState(), {})
        self.transport = Transport(self.client)
        server.connection_made(self.transport)
        self.client.send_request(self.client.connect())
        server.data_received(b"".join(self.client.data_to_send()))
        assert (await self.next())["type"] == "websocket.connect"
        self.addCleanup(server.connection_lost, None)
        return server

    async def application(self, scope, receive, send):
        self.scope = scope
        self.messages.put_nowait(await receive())
        await self.go_on.wait()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            self.messages.put_nowait(message)
        self.messages.put_nowait(message)

    async def next(self) -> dict:
        async with asyncio.timeout(DEADLINE):
            return await self.messages.get()

    async def texts(self, number: int) -> list[str]:
        return [(await self.next())["text"] for _ in range(number)]

    async def received(self) -> list[Frame]:
        return [event for event in self.client.events_received() if isinstance(event, Frame)]

    async def test_a_socket_shares_its_attribute_names_with_the_others(self):
        # Python shares up to 30; with more, each socket has its own table of 1.5 KB.
        assert len(vars(self.server)) <= 30

    async def test_messages_are_the_same_however_their_bytes_are_split(self):
        sent = ["a", "", "é" * 100, "x" * 200, "y" * 2**16]
        data = b"".join(masked(Opcode.TEXT, text.encode()) for text in sent)
        for size in (1, 2, 3, 7, 1000, len(data)):
            for start in range(0, len(data), size):
                self.server.data_received(data[start : start + size])
            assert await self.texts(len(sent)) == sent, size

    async def test_a_fragmented_message_arrives_whole_with_pings_between(self):
        self.server.data_received(
            masked(Opcode.TEXT, b"one, ", fin=False)
            + masked(Opcode.PING, b"?")
            + masked(Opcode.CONT, b"two")
            + masked(Opcode.TEXT, b"three")
        )
        assert await self.texts(2) == ["one, two", "three"]
        assert [frame.opcode for frame in await self.received()] == [Opcode.PONG]

    async def test_a_text_within_another_closes_the_socket(self):
        self.server.data_received(masked(Opcode.TEXT, b"one", fin=False))
        self.server.data_received(masked(Opcode.TEXT, b"two"))
        assert (await self.next())["code"] == 1002

    async def test_a_shutdown_reads_on_until_the_client_has_answered(self):
        self.server.shutdown()
        assert (await self.next())["code"] == 1012
        self.server.data_received(masked(Opcode.TEXT, b"on its way"))
        assert (self.transport.reading, self.transport.closed) == (True, False)
        self.server.data_received(b"".join(self.client.data_to_send()))
        assert self.client.close_rcvd.code == 1012
        assert self.transport.closed
        assert self.messages.empty()

    async def test_a_shutdown_does_not_wait_for_a_client_that_does_not_answer(self):
        with mock.patch("chatsite.server.fixes.CLOSE_WITHIN", 0):
            self.server.shutdown()
        async with asyncio.timeout(DEADLINE):
            while not self.transport.closed:
                await asyncio.sleep(0)

    async def test_a_shutdown_keeps_the_close_code_of_the_chat(self):
        await self.server.send({"type": "websocket.close", "code": CloseCode.FLOODING})
        self.server.shutdown()
        assert not self.transport.closed
        self.server.data_received(b"".join(self.client.data_to_send()))
        assert self.client.close_rcvd.code == CloseCode.FLOODING
        assert self.transport.closed

    async def test_a_shutdown_leaves_a_client_alone_that_has_closed_its_socket(self):
        self.client.send_close(1000)
        self.server.data_received(b"".join(self.client.data_to_send()))
        self.server.shutdown()
        assert self.client.close_rcvd.code == 1000

    async def test_a_thousand_texts_at_once_are_read_in_turns(self):
        sent = [str(number) for number in range(1000)]
        self.server.data_received(b"".join(masked(Opcode.TEXT, text.encode()) for text in sent))
        assert len(self.server.queue._messages) <= FRAMES_A_TURN
        assert self.transport.reading is False
        assert await self.texts(len(sent)) == sent
        assert self.transport.reading is True

    async def test_a_message_alone_does_not_interrupt_reading(self):
        with mock.patch.object(self.transport, "pause_reading") as pause:
            self.server.data_received(masked(Opcode.TEXT, b"alone"))
            assert await self.texts(1) == ["alone"]
        pause.assert_not_called()

    async def test_what_follows_a_message_not_taken_yet_waits_unread(self):
        for text in (b"first", b"second"):
            self.server.data_received(masked(Opcode.TEXT, text))
        assert len(self.server.queue._messages) == 1
        assert self.transport.reading is False
        assert await self.texts(2) == ["first", "second"]
        assert self.transport.reading is True

    async def test_frames_sent_during_the_handshake_are_read_after_it(self):
        self.go_on.clear()
        server = await self.handshake()
        server.data_received(masked(Opcode.TEXT, b"hasty") * 100)
        assert self.messages.empty()
        self.go_on.set()
        assert await self.texts(100) == ["hasty"] * 100

    async def test_pings_are_read_in_turns_too(self):
        self.server.data_received(masked(Opcode.PING, b"?") * 500)
        assert len(await self.received()) <= FRAMES_A_TURN
        received = 0
        async with asyncio.timeout(DEADLINE):
            while received < 500 - FRAMES_A_TURN:
                await asyncio.sleep(0)
                received += len(await self.received())

    async def test_a_flood_of_control_frames_closes_the_socket(self):
        for number in range(2 * EXTRA_FRAMES.burst):
            self.server.data_received(masked(Opcode.PONG, str(number).encode()))
        assert (await self.next())["code"] == CloseCode.FLOODING
        assert self.transport.closed

    async def test_a_client_that_does_not_read_is_sent_the_last_pong_only(self):
        self.server.pause_writing()
        for body in (b"1", b"2", b"3"):
            self.server.data_received(masked(Opcode.PING, body))
        assert not await self.received()
        self.server.resume_writing()
        assert [frame.data for frame in await self.received()] == [b"3"]

    async def test_a_frame_over_the_limit_closes_before_it_has_arrived(self):
        self.server.data_received(masked(Opcode.TEXT, b"x" * (2**16 + 1))[:20])
        assert (await self.next())["code"] == 1009

    async def test_text_that_is_no_utf_8_closes_the_socket(self):
        self.server.data_received(masked(Opcode.TEXT, b"\xff") + masked(Opcode.TEXT, b"more"))
        assert (await self.next())["code"] == 1007

    async def test_a_frame_without_a_mask_closes_the_socket(self):
        self.server.data_received(Frame(Opcode.TEXT, b"bare").serialize(mask=False))
        assert (await self.next())["code"] == 1002

    async def test_a_packed_frame_is_valid_for_a_client(self):
        extension = self.scope["extensions"][EXTENSION]
        for text in ("a", "é" * 100, "x" * 70_000):
            assert extension.write_packed(extension.pack_frame(text))
        assert [frame.data.decode() for frame in await self.received()] == [
            "a",
            "é" * 100,
            "x" * 70_000,
        ]

    async def test_a_packed_frame_is_not_written_where_it_would_wait(self):
        extension = self.scope["extensions"][EXTENSION]
        self.server.pause_writing()
        assert not extension.write_packed(extension.pack_frame("a"))
        self.server.resume_writing()
        assert extension.write_packed(extension.pack_frame("b"))
        assert [frame.data for frame in await self.received()] == [b"b"]
        self.server.data_received(masked(Opcode.CLOSE, b"\x03\xe8"))
        assert not extension.write_packed(extension.pack_frame("c"))

    async def test_a_broken_connection_raises_nothing_in_a_broadcast(self):
        extension = self.scope["extensions"][EXTENSION]
        self.transport.close()
        assert not extension.write_packed(extension.pack_frame("a"))

    async def test_a_client_that_sends_something_is_neither_pinged_nor_dead(self):
        now, pings = self.server.loop.time(), mock.Mock()
        with mock.patch.object(self.server.conn, "send_ping", pings):
            self.server.heard_at = now
            self.server.send_keepalive_ping()
            assert not pings.called
            self.server.heard_at = now - self.config.ws_ping_interval
            self.server.send_keepalive_ping()
            assert pings.called
        # It did not answer, but it sends.
        self.server.data_received(masked(Opcode.TEXT, b"a"))
        self.server.keepalive_timeout()
        assert not self.transport.closed
        assert self.server.ping_timer

    def ping_silent_client(self) -> None:
        self.server.heard_at = float("-inf")
        self.server.send_keepalive_ping()

    async def test_a_client_that_does_not_read_either_is_left_to_the_chat_at_first(self):
        self.ping_silent_client()
        self.server.pause_writing()
        self.server.keepalive_timeout()
        assert not self.transport.closed
        self.server.ping_sent_at -= self.config.ws_ping_timeout + LEFT_TO_THE_CHAT
        self.server.keepalive_timeout()
        assert self.transport.closed

    async def test_a_dead_client_is_sent_a_close_and_then_cut_off(self):
        self.ping_silent_client()
        with mock.patch("chatsite.server.fixes.CLOSE_WITHIN", 0.01):
            self.server.keepalive_timeout()
        # A closed transport waits for its reader without end.
        assert self.transport.closed
        async with asyncio.timeout(DEADLINE):
            await self.transport.aborted.wait()
