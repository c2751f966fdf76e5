"""A member: one socket in one room, the part that all protocols share."""

import asyncio
import time

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.load.room import ParsedFrame, Room

# Long, because the kernel retries where a server has a short queue of new connections.
HANDSHAKE_SECONDS = 40
BODY = 64


async def open_socket(listener: WSListener, port: int, path: str) -> None:
    """Open a WebSocket whose frames go to `listener`."""
    url = f"ws://127.0.0.1:{port}{path}"
    await ws_connect(lambda: listener, url, websocket_handshake_timeout=HANDSHAKE_SECONDS)


class Member(WSListener):
    """A member of a room, and one of its senders after `talk`.

    Subclasses implement a protocol: `path`, `parse`, `enter`, `write`, `check` and, for frames
    that are no messages, `handle`. `number` is unique in the whole load.
    """

    path = "/"

    def __init__(self, room: Room, number: int):
        self.room = room
        self.number = number
        self.transport: WSTransport | None = None
        self.entered: asyncio.Future | None = None
        self.is_sender = False
        self.window = 0
        self.sent = self.acknowledged = 0
        self.leaving = False

    @staticmethod
    def parse(payload: bytes) -> ParsedFrame:
        """Parse a frame of the room."""
        raise NotImplementedError

    async def connect(self, port: int) -> None:
        """Open the socket."""
        self.leaving = False
        self.entered = asyncio.get_running_loop().create_future()
        await open_socket(self, port, self.path.format(room=self.room.name))

    async def enter(self) -> None:
        """Join the room; return when that is confirmed."""
        raise NotImplementedError

    def write(self, number: int, body: str) -> None:
        """Send this member's message `number`."""
        raise NotImplementedError

    def check(self, parsed: ParsedFrame) -> None:
        """Check the messages of a frame against those before."""
        raise NotImplementedError

    def verify(self, members: list["Member"]) -> None:
        """At the end, check what was received against all that was sent."""
        raise NotImplementedError

    def handle(self, parsed: ParsedFrame) -> None:
        """Handle what is no message."""

    # Talking

    def talk(self, window: int) -> None:
        """Keep `window` messages unacknowledged from now on; 0 stops."""
        self.window = window
        for _ in range(window - (self.sent - self.acknowledged)):
            self.send_message()

    def send_message(self) -> None:
        """Send one message."""
        self.sent += 1
        if self.room.sampling:
            self.room.sent_at[self.number, self.sent] = time.perf_counter()
        self.write(self.sent, f"{self.number} {self.sent} ".ljust(BODY, "."))

    def was_acknowledged(self) -> None:
        """Send the next message in place of the acknowledged one."""
        self.acknowledged += 1
        if self.window > self.sent - self.acknowledged:
            self.send_message()

    def send_text(self, text: str) -> None:
        self.transport.send(WSMsgType.TEXT, text.encode())

    # Called by picows

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        payload = frame.get_payload_as_bytes()
        if self.room.sampling:
            self.room.put_off(self.receive, payload)
        else:
            self.receive(payload)

    def receive(self, payload: bytes, at: float = 0) -> None:
        """Check a frame that arrived `at` this time, and respond to it."""
        parsed = self.room.parse(payload)
        if parsed.messages:
            self.check(parsed)
            self.room.count(parsed, at)
        if parsed.rest:
            self.handle(parsed)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self.leaving:
            return
        self.room.fault(f"member {self.number} lost the connection")
        if not self.entered.done():
            self.entered.set_exception(ConnectionError("The server ended the connection"))

    def disconnect(self) -> None:
        """Disconnect without a close frame."""
        self.leaving = True
        if self.transport:
            self.transport.disconnect(graceful=False)


class OrderedBySender(Member):
    """A member of a server that keeps each sender's order, and no common one."""

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.last_from: dict[int, int] = {}

    def check(self, parsed: ParsedFrame) -> None:
        for sender, number in parsed.messages:
            if number != self.last_from.get(sender, 0) + 1:
                self.room.fault(f"member {self.number} got {number} of sender {sender} out of turn")
            self.last_from[sender] = number

    def verify(self, members: list[Member]) -> None:
        for sender in (member for member in members if member.sent):
            if self.last_from.get(sender.number) != sender.sent:
                self.room.fault(f"member {self.number} misses messages of {sender.number}")
