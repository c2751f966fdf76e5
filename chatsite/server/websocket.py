"""uvicorn's WebSocket protocol with a fast path, and with fair turns between clients.

The fast path reads whole text messages without the general parser, and writes a frame that was
packed once to any number of sockets. Without either of the two, a room of 200 had 0.6 to 0.7
million deliveries a CPU-second, and 1.1 million with both ("fanout" of bench/, window 1).
Everything else, from the handshake to the close, is uvicorn's and websockets' (and fixes.py's).
"""

import asyncio

from websockets.frames import Frame, Opcode, apply_mask

from chat.rules.errors import CloseCode
from chat.rules.limits import Bucket, Rate
from chatsite.server.fixes import FixedWebSocket
from chatsite.server.gate import Gate

# The key of this protocol in the `extensions` of an application's scope.
EXTENSION = "chatsite.frames"

# Frames that are read from one socket before the others have their turn.
FRAMES_A_TURN = 32

# Pings, fragments and other frames that are no whole message: far more than any client sends.
EXTRA_FRAMES = Rate(per_second=100, burst=1000)

# A frame's header (RFC 6455, section 5.2): opcode, length, the client's masking key.
WHOLE_TEXT = 0x80 | Opcode.TEXT
MASKED = 0x80
MASK = 4
LENGTH_IN_2_BYTES = 126  # or, one more, in eight


class Inbox:
    """Messages that were received and not taken yet, for one reader.

    An asyncio.Queue has four deques: 3 KB of an idle connection's 25 ("connections" of bench/).
    """

    __slots__ = ("_messages", "_reader")

    def __init__(self):
        self._messages: list[dict] = []
        self._reader: asyncio.Future | None = None

    def empty(self) -> bool:
        return not self._messages

    def put_nowait(self, message: dict) -> None:
        self._messages.append(message)
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> dict:
        """Wait for the next message, and take it."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._messages.pop(0)


class WebSocketProtocol(FixedWebSocket):
    """One socket, and the application's extension: `pack_frame` and `write_packed`.

    Frames are read a few at a time, so that a client that sends a thousand small ones at once
    delays nobody else, and no faster than the application takes the messages (backpressure).
    """

    __slots__ = ("_data", "_extra_frames", "_offset", "_pending", "_turn")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.queue, self.writable = Inbox(), Gate()
        # The bytes received, and the offset of the first that was not read.
        self._data, self._offset = b"", 0
        # Whether `_data` may hold whole frames, which wait for their turn.
        self._pending = False
        self._turn: asyncio.Handle | None = None
        self._extra_frames = Bucket()

    async def run_asgi(self) -> None:
        extensions = self.scope["extensions"]
        extensions[EXTENSION] = self
        try:
            await super().run_asgi()
        finally:
            # Ends the reference cycle, as in FixedWebSocket.connection_lost.
            del extensions[EXTENSION]

    # Writing

    @staticmethod
    def pack_frame(text: str) -> bytes:
        """Return a frame's bytes, the same for every socket: a server's frames have no mask."""
        return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)

    def write_packed(self, packed: bytes) -> bool:
        """Write a packed frame; return False, and write nothing, where only ASGI's `send` can."""
        # Attributes, not methods: it runs for every delivery. After a close, the transport is
        # closing.
        if not self.writable.is_open or self.close_sent or not self.handshake_complete:
            return False
        transport = self.transport
        if transport.is_closing():
            # The connection broke just now: uvloop would raise, and a broadcast would not reach
            # the rest of the room.
            return False
        transport.write(packed)
        return True

    # Reading

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            self.receive_handshake(data)
            return
        self.heard_at = self.loop.time()
        self._data, self._offset = self._data[self._offset :] + data, 0
        # After the close, nobody takes what is in the queue.
        if self._pending or not (self.close_sent or self.queue.empty()):
            self._pending = True
            self._pause_reading()
        else:
            self._read_frames()

    def start_keepalive(self) -> None:
        super().start_keepalive()
        # Frames may have arrived before the handshake was answered.
        if self._pending:
            self._schedule_turn()

    async def receive(self) -> dict:
        """Return the next message; when it was the last, go on reading."""
        message = await self.queue.get()
        if self.queue.empty():
            if self._pending:
                self._schedule_turn()
            else:
                self._resume_reading()
        return message

    def _schedule_turn(self) -> None:
        """Read frames again after the other sockets had their turn."""
        if self._turn is None:
            self._turn = self.loop.call_soon(self._read_frames)

    def _read_frames(self) -> None:
        """Read one turn's frames, and arrange for the rest to be read."""
        self._turn = None
        self._pending = not self.handshake_complete or self._read_turn()
        if self.transport.is_closing():
            self._data, self._offset, self._pending = b"", 0, False
        elif self._pending:
            self._pause_reading()
            if self.handshake_complete and self.queue.empty():
                self._schedule_turn()
        else:
            self._data, self._offset = self._data[self._offset :], 0
            self._resume_reading()

    def _read_turn(self) -> bool:
        """Read up to FRAMES_A_TURN frames; return whether there may be more."""
        for _ in range(FRAMES_A_TURN):
            if self.transport.is_closing() or not self._read_frame():
                return False
        return True

    def _read_frame(self) -> bool:
        """Read the next frame; return False where it is not complete.

        Whole texts are read here; other frames by the general parser, one at a time, so that it
        never waits in the middle of one.
        """
        data, start = self._data, self._offset
        body, end = _measure(data, start)
        if end - body > self.config.ws_max_size:
            # From the header alone the general parser knows which error to send.
            super().data_received(data[start:body])
            return True
        if end > len(data):
            return False
        self._offset = end
        whole_text = data[start] == WHOLE_TEXT and data[start + 1] & MASKED and not self._in_parts
        if (self.close_sent or not whole_text) and self._is_flooding():
            self.conn.fail(CloseCode.FLOODING, "too many frames")
            self.handle_parser_exception()
        elif whole_text and not self.close_sent:
            self._take_text(apply_mask(data[body:end], data[body - MASK : body]))
        else:
            super().data_received(data[start:end])
        return True

    def _take_text(self, body: bytes) -> None:
        """Pass a whole message on. Reading goes on, other than after uvicorn's: to pause and to
        resume took two system calls and more than the rest of this."""
        try:
            self.queue.put_nowait({"type": "websocket.receive", "text": body.decode()})
        except UnicodeDecodeError:
            self.frames, self.curr_msg_data_type = [body], "text"
            self.send_receive_event_to_app()

    def _is_flooding(self) -> bool:
        """Count a frame that the application does not; return whether it is one too many."""
        return self._extra_frames.take(EXTRA_FRAMES, self.loop.time()) > 0

    @property
    def _in_parts(self) -> bool:
        """Whether a fragmented message has begun and not ended."""
        return self.conn.current_size is not None

    def _pause_reading(self) -> None:
        self.read_paused = True
        self.transport.pause_reading()

    def _resume_reading(self) -> None:
        if self.read_paused and self.queue.empty() and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()


def _measure(data: bytes, start: int) -> tuple[int, int]:
    """Return the offsets at which the body of the frame at `start` begins and ends.

    Both are beyond the data while the frame's header is not complete.
    """
    body = start + 2
    if body > len(data):
        return body, body
    second = data[start + 1]
    size = second & ~MASKED
    if size >= LENGTH_IN_2_BYTES:
        length, body = body, body + (2 if size == LENGTH_IN_2_BYTES else 8)
        if body > len(data):
            return body, body
        size = int.from_bytes(data[length:body])
    if second & MASKED:
        body += MASK
    return body, body + size
