"""uvicorn's WebSocket protocol, with a short way for what a chat does most.

It reads whole text messages without the general parser, and writes a frame that was packed once
to as many sockets as there are. Without either of the two, a room of 200 had 0.6 to 0.7 million
deliveries a CPU-second, and 1.1 million with both ("fanout" of bench/, window 1). All else, from
the handshake to the goodbye, is uvicorn's and websockets'.
"""

import asyncio
import logging

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode, apply_mask
from websockets.protocol import OPEN

from chat.rules.errors import CloseCode
from chat.rules.limits import Bucket, Rate

# uvicorn and websockets speak of each socket that comes and goes, in its own words, each time.
logger = logging.getLogger("uvicorn.sockets")

# The name under which the application finds this protocol among its scope's extensions.
EXTENSION = "chatsite.frames"

# Seconds for the goodbye to somebody who does not answer.
GIVE_UP_AFTER = 10

NO_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

# Frames that are taken of one socket before the others have their turn.
FRAMES_A_TURN = 32

# Pings, parts of messages and other frames that are no message: far more than any client sends.
EXTRA_FRAMES = Rate(per_second=100, burst=1000)

# A frame's first bytes (RFC 6455, section 5.2): what it is, its length, the client's mask.
WHOLE_TEXT = 0x80 | Opcode.TEXT
MASKED = 0x80
MASK = 4
LENGTH_IN_2_BYTES = 126  # or, one more, in eight


class Inbox:
    """What has come and was not taken yet, for one reader.

    An asyncio.Queue has four deques: 3 KB of an idle connection's 25 ("connections" of bench/).
    """

    __slots__ = ("_messages", "_reader")

    def __init__(self):
        self._messages: list[dict] = []
        self._reader: asyncio.Future | None = None

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._messages

    def put_nowait(self, message: dict) -> None:
        """Add a message."""
        self._messages.append(message)
        if self._reader and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> dict:
        """Wait for the next message, and take it."""
        while not self._messages:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._messages.pop(0)


class WebSocketProtocol(WebSocketsSansIOProtocol):
    """One socket; also the application's extension, for `pack` and `write`.

    What comes is taken a few frames at a time, so that nobody is kept waiting by one who sends a
    thousand small ones at once, and no faster than the application takes the messages.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.queue = Inbox()
        self.logger = self.conn.logger = logger
        # What has come, and how much of it was taken.
        self._data, self._taken = b"", 0
        # Whether whole frames may be left of it, which wait for their turn.
        self._held = False
        self._turn: asyncio.Handle | None = None
        self._extras = Bucket()
        self._late_pong = b""

    async def run_asgi(self) -> None:
        extensions = self.scope["extensions"]
        extensions[EXTENSION] = self
        try:
            await super().run_asgi()
        finally:
            del extensions[EXTENSION]

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        # It holds the parser that holds it: without this, and the `del` above, a socket's 20 KB
        # wait for the collection of garbage, which comes seldom (chatsite/asgi.py).
        self.conn.parser.close()

    def start_keepalive(self) -> None:
        # The handshake is over, and with it the use of its two sides: 2 KB.
        self.request = self.response = None
        super().start_keepalive()
        if self._held:
            self._take_turn()

    def keepalive_timeout(self) -> None:
        """End a dead client's socket, also where what was written for it will never go out."""
        super().keepalive_timeout()
        self.loop.call_later(GIVE_UP_AFTER, self.transport.abort)

    # Out

    @staticmethod
    def pack(text: str) -> bytes:
        """Give the bytes of a frame, the same for every socket: a server's frames have no mask."""
        return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)

    def write(self, packed: bytes) -> bool:
        """Write a packed frame now, or tell that ASGI's `send` has to see to it."""
        if not self.writable.is_set() or self.close_sent or self.conn.state is not OPEN:
            return False
        if self.transport.is_closing():
            # Its connection broke in this moment: uvloop would raise, and whoever writes to a
            # whole room would not come to the others.
            return False
        self.transport.write(packed)
        return True

    def handle_ping(self) -> None:
        """Answer a ping; who does not read is answered the last one alone (RFC 6455, 5.5.3)."""
        pong = b"".join(self.conn.data_to_send())
        if self.writable.is_set():
            self.transport.write(pong)
        else:
            self._late_pong = pong

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._late_pong and not self.transport.is_closing():
            self.transport.write(self._late_pong)
        self._late_pong = b""

    # In

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            super().data_received(data)
            if not self.handshake_initiated:
                self._refuse()
            return
        self._data, self._taken = self._data[self._taken :] + data, 0
        if self._held:
            self._stop_reading()
        else:
            self._take_frames()

    def _refuse(self) -> None:
        """Answer a request that websockets could not read: uvicorn left it without any answer."""
        self.transport.write(b"".join(self.conn.data_to_send()) or NO_HANDSHAKE)
        self.transport.close()

    async def receive(self) -> dict:
        """Give the application what came next; with the last of it, go on taking frames."""
        message = await self.queue.get()
        if self.queue.empty():
            if self._held:
                self._take_turn()
            else:
                self._read_on()
        return message

    def _take_turn(self) -> None:
        """Take frames again, when the others had their turn."""
        if self._turn is None:
            self._turn = self.loop.call_soon(self._take_frames)

    def _take_frames(self) -> None:
        """Take some of the frames that have come, and see to it that the others are taken."""
        self._turn = None
        self._held = not self.handshake_complete or self._take_some()
        if self.transport.is_closing():
            self._data, self._taken, self._held = b"", 0, False
        elif self._held:
            self._stop_reading()
            if self.handshake_complete and self.queue.empty():
                self._take_turn()
        else:
            self._data, self._taken = self._data[self._taken :], 0
            self._read_on()

    def _take_some(self) -> bool:
        """Take as many frames as one turn is for; tell whether there may be more."""
        for _ in range(FRAMES_A_TURN):
            if self.transport.is_closing() or not self._take_frame():
                return False
        return True

    def _take_frame(self) -> bool:
        """Take the next frame; tell whether there was a whole one.

        Texts are read here, other frames by the general parser, one at a time, so that it never
        waits in the middle of one.
        """
        data, start = self._data, self._taken
        body, end = _measure(data, start)
        if end - body > self.config.ws_max_size:
            # The general parser knows what to say of the head alone.
            super().data_received(data[start:body])
            return True
        if end > len(data):
            return False
        self._taken = end
        whole_text = data[start] == WHOLE_TEXT and data[start + 1] & MASKED and not self._in_parts
        if (self.close_sent or not whole_text) and self._flooding():
            self.conn.fail(CloseCode.FLOODING, "too many frames")
            self.handle_parser_exception()
        elif whole_text:
            self.frames = [apply_mask(data[body:end], data[body - MASK : body])]
            self.curr_msg_data_type = "text"
            self.send_receive_event_to_app()
        else:
            super().data_received(data[start:end])
        return True

    def _flooding(self) -> bool:
        """Count a frame that the application does not; tell whether it is one too many."""
        return self._extras.take(EXTRA_FRAMES, self.loop.time()) > 0

    @property
    def _in_parts(self) -> bool:
        """Whether a message has begun that comes in several frames."""
        return self.conn.current_size is not None

    def _stop_reading(self) -> None:
        self.read_paused = True
        self.transport.pause_reading()

    def _read_on(self) -> None:
        if self.read_paused and self.queue.empty() and not self.transport.is_closing():
            self.read_paused = False
            self.transport.resume_reading()


def _measure(data: bytes, start: int) -> tuple[int, int]:
    """Give where the body of the frame at `start` begins and where it ends.

    Both are beyond the data while the frame's head is not complete.
    """
    body = start + 2
    if body > len(data):
        return body, body
    second = data[start + 1]
    size = second & ~MASKED
    if size >= LENGTH_IN_2_BYTES:
        told, body = body, body + (2 if size == LENGTH_IN_2_BYTES else 8)
        if body > len(data):
            return body, body
        size = int.from_bytes(data[told:body])
    if second & MASKED:
        body += MASK
    return body, body + size
