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

# uvicorn and websockets speak of each socket that comes and goes, in its own words, each time.
logger = logging.getLogger("uvicorn.sockets")

# The name under which the application finds this protocol among its scope's extensions.
EXTENSION = "chatsite.frames"

# Seconds for the goodbye to somebody who does not answer.
GIVE_UP_AFTER = 10

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
    """One socket; also the application's extension, for `pack` and `write`."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.queue = Inbox()
        self.logger = self.conn.logger = logger
        self._rest = b""
        # Whether the general parser reads everything from now on.
        self._generally = False

    def run_asgi(self):
        self.scope["extensions"][EXTENSION] = self
        return super().run_asgi()

    def start_keepalive(self) -> None:
        # The handshake is over, and with it the use of its two sides: 2 KB.
        self.request = self.response = None
        super().start_keepalive()

    def keepalive_timeout(self) -> None:
        """End a dead client's socket, also where what was written for it will never go out."""
        super().keepalive_timeout()
        self.loop.call_later(GIVE_UP_AFTER, self.transport.abort)

    @staticmethod
    def pack(text: str) -> bytes:
        """Give the bytes of a frame, the same for every socket: a server's frames have no mask."""
        return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)

    def write(self, packed: bytes) -> bool:
        """Write a packed frame now, or tell that ASGI's `send`, which can wait, has to."""
        if not self.writable.is_set() or self.close_sent or self.conn.state is not OPEN:
            return False
        self.transport.write(packed)
        return True

    def data_received(self, data: bytes) -> None:
        if self.handshake_complete and not self._generally:
            data = self._take_frames(self._rest + data)
        elif not self.handshake_complete:
            # Nothing but the request itself should come before the answer to it.
            self._generally = self.handshake_initiated
        if data:
            super().data_received(data)

    def _take_frames(self, data: bytes) -> bytes:
        """Take the whole frames in `data` and keep the beginning of the next one.

        Texts are read here, other frames by the general parser, one at a time, so that it never
        waits in the middle of one. Give what it has to read from now on, when that is all.
        """
        start, self._rest = 0, b""
        while self.conn.state is OPEN and not self.close_sent:
            body, end = _measure(data, start)
            if end - body > self.config.ws_max_size:
                break
            if end > len(data):
                self._rest = data[start:]
                return b""
            if data[start] == WHOLE_TEXT and data[start + 1] & MASKED and not self._in_parts:
                self.frames = [apply_mask(data[body:end], data[body - MASK : body])]
                self.curr_msg_data_type = "text"
                self.send_receive_event_to_app()
            else:
                super().data_received(data[start:end])
            start = end
        self._generally = True
        return data[start:]

    @property
    def _in_parts(self) -> bool:
        """Whether a message has begun that comes in several frames."""
        return self.conn.current_size is not None


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
