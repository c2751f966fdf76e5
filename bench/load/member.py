"""One socket in one room: what every protocol's member does alike."""

import asyncio
import time

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.load.room import Heard, Room

# Long, for servers with a short queue of new connections: the kernel then tries again and again.
HANDSHAKE_SECONDS = 40
BODY = 64


async def open_socket(listener: WSListener, port: int, path: str) -> None:
    """Open a WebSocket whose frames go to `listener`."""
    url = f"ws://127.0.0.1:{port}{path}"
    await ws_connect(lambda: listener, url, websocket_handshake_timeout=HANDSHAKE_SECONDS)


class Member(WSListener):
    """A member of a room, and one of its senders when told to `talk`.

    Subclasses speak a protocol: `path`, `understand`, `enter`, `write`, `check` and, for what is
    no message, `take`. `number` is the member's own in the whole load.
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
    def understand(payload: bytes) -> Heard:
        """Read a frame of the room."""
        raise NotImplementedError

    async def connect(self, port: int) -> None:
        """Open the socket."""
        self.leaving = False
        self.entered = asyncio.get_running_loop().create_future()
        await open_socket(self, port, self.path.format(room=self.room.name))

    async def enter(self) -> None:
        """Do what makes this socket a member of its room; return when it is one."""
        raise NotImplementedError

    def write(self, number: int, body: str) -> None:
        """Send this member's message `number`."""
        raise NotImplementedError

    def check(self, heard: Heard) -> None:
        """Hold what came against what had come before."""
        raise NotImplementedError

    def verify(self, members: list["Member"]) -> None:
        """At the end: hold what came against all that was sent."""
        raise NotImplementedError

    def take(self, heard: Heard) -> None:
        """Take what is no message."""

    # Talking

    def talk(self, window: int) -> None:
        """Keep `window` messages on their way until told otherwise; 0 stops."""
        self.window = window
        for _ in range(window - (self.sent - self.acknowledged)):
            self.say()

    def say(self) -> None:
        """Send one message."""
        self.sent += 1
        if self.room.sampling:
            self.room.sent_at[self.number, self.sent] = time.perf_counter()
        self.write(self.sent, f"{self.number} {self.sent} ".ljust(BODY, "."))

    def was_acknowledged(self) -> None:
        """Send the next message in place of the one that arrived."""
        self.acknowledged += 1
        if self.window > self.sent - self.acknowledged:
            self.say()

    def send_text(self, text: str) -> None:
        self.transport.send(WSMsgType.TEXT, text.encode())

    # picows calls these

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        heard = self.room.hear(frame.get_payload_as_bytes())
        if heard.messages:
            self.check(heard)
            self.room.count(heard)
        if heard.rest:
            self.take(heard)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self.leaving:
            return
        self.room.fault(f"member {self.number} lost the connection")
        if not self.entered.done():
            self.entered.set_exception(ConnectionError("The server ended the connection"))

    def disconnect(self) -> None:
        """Go without a goodbye."""
        self.leaving = True
        if self.transport:
            self.transport.disconnect(graceful=False)


class OrderedBySender(Member):
    """A member where the server gives no order but each sender's own."""

    def __init__(self, room: Room, number: int):
        super().__init__(room, number)
        self.heard_from: dict[int, int] = {}

    def check(self, heard: Heard) -> None:
        for sender, number in heard.messages:
            if number != self.heard_from.get(sender, 0) + 1:
                self.room.fault(f"member {self.number} got {number} of sender {sender} out of turn")
            self.heard_from[sender] = number

    def verify(self, members: list[Member]) -> None:
        for sender in (member for member in members if member.sent):
            if self.heard_from.get(sender.number) != sender.sent:
                self.room.fault(f"member {self.number} misses messages of {sender.number}")
