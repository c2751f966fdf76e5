"""Engine.IO sessions: clients that are known by an id, over one transport and then another."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from chat.consumers.socketio.packets import (
    CLOSE,
    MESSAGE,
    OPEN,
    PING,
    PONG,
    UPGRADE,
    Packets,
    encode,
    is_too_big,
)
from chat.consumers.socketio.transports import PollingTransport, Transport, WebSocketTransport
from chat.protocol import MAX_FRAME
from chat.rules.errors import CloseCode
from chat.rules.limits import PING_AFTER, PONG_WITHIN, Bucket, Rate

# Packets of any kind: far more than any client sends. Commands have their own limits.
PACKETS = Rate(per_second=100, burst=1000)
# Seconds in which a client that answers no ping, but has not read it either, may read on; the chat
# closes one that is in a room sooner.
READS_WITHIN = 30.0
# Seconds from one poll to the next, as for the chat's own polls, and characters a second at which
# the slowest network brings what the poll returned.
POLLS_WITHIN, SLOWEST = 5.0, 8 * 1024
# Seconds in which a client reads on after its session was closed, to receive that.
LAST_READ_WITHIN = 15.0

PING_PACKET = Packets([PING])


class Session:
    """One client. It is the writer of its Connection's output.

    It is open, then `closed`: nothing that the client sends counts any more, and it may read what
    waits. Then it has `ended`, and is forgotten.

    `receive_message` gets each message, a packet of Socket.IO. `on_drain` and `on_end` say that
    more can be written, and that the client is gone; `on_misuse` gets the code to close it with.
    `on_session_key` says who is signed in on a page of our own, which a request may say later than
    the first. A closed session takes the place of a connection at its address: `hold_place` and
    `free_place` count it.
    """

    def __init__(self):
        self.id = secrets.token_urlsafe(18)
        self.receive_message: Callable[[str], Awaitable[None]]
        self.on_drain: Callable[[], None]
        self.on_end: Callable[[], None]
        self.on_misuse: Callable[[int], None]
        self.on_session_key: Callable[[str | None], None]
        self.hold_place: Callable[[], None]
        self.free_place: Callable[[], None]
        self.transport: Transport
        # Whether a WebSocket carries it, or is being tried; there is one at a time.
        self.has_socket = False
        self.closed = self.ended = False
        self._pinged = False
        # A connection handles one command at a time. While a client changes its transport, there
        # are requests over both.
        self._turn = asyncio.Lock()
        self._packets = Bucket()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._absence: asyncio.TimerHandle | None = None
        _sessions[self.id] = self

    def open(self, transport: Transport) -> None:
        """Send the first packet, and begin to look after the client."""
        self.transport = transport
        upgrades = ["websocket"] if self.polling else []
        opened = {
            "sid": self.id,
            "upgrades": upgrades,
            "pingInterval": PING_AFTER * 1000,
            "pingTimeout": PONG_WITHIN * 1000,
            "maxPayload": MAX_FRAME,
        }
        transport.write(Packets([OPEN + encode(opened)]))
        self._schedule(PING_AFTER, self._ping)

    @property
    def polling(self) -> PollingTransport | None:
        """The transport, where it is polling."""
        return self.transport if isinstance(self.transport, PollingTransport) else None

    # What the client sends

    async def receive(self, packet: str) -> None:
        """Handle one packet, after those that came before."""
        async with self._turn:
            if packet[:1] == CLOSE:
                self.end()
            elif not self.closed:
                await self._handle(packet)

    async def _handle(self, packet: str) -> None:
        kind = packet[:1]
        if self._packets.take(PACKETS, self._loop.time()):
            self.on_misuse(CloseCode.FLOODING)
        elif is_too_big(packet):
            self.on_misuse(CloseCode.TOO_BIG)
        elif kind == MESSAGE:
            await self.receive_message(packet[1:])
        elif kind == PONG:
            self._receive_pong()
        elif kind not in (PING, UPGRADE):
            self.on_misuse(CloseCode.MALFORMED)

    def upgrade(self, transport: WebSocketTransport) -> None:
        """Continue over a WebSocket, with what waited for a poll first."""
        waiting = self.polling.take()
        self.transport = transport
        if waiting:
            transport.write(Packets(waiting))

    # Whether it is there

    def _schedule(self, seconds: float, do: Callable[..., None], *arguments) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, do, *arguments)

    def _ping(self) -> None:
        self._pinged = True
        self.transport.write(PING_PACKET)
        self._schedule(PONG_WITHIN, self._miss_pong, READS_WITHIN)

    def _receive_pong(self) -> None:
        """Ping again later."""
        if self._pinged:
            self._pinged = False
            self._schedule(PING_AFTER, self._ping)

    def _miss_pong(self, patience: float) -> None:
        """End a client that is gone; one that has not read the ping yet gets some time."""
        if self.blocked and patience > 0:
            self._schedule(PONG_WITHIN, self._miss_pong, patience - PONG_WITHIN)
        else:
            self.close(CloseCode.STALLED)
            self.end()

    def watch_reader(self) -> None:
        """End a client that polls, in a while, where no request or socket of its is there to read.

        A page that is closed between two polls, or while it goes from polling to a WebSocket,
        leaves nothing behind that would end. Not from the first response on: until somebody has
        typed a name into a dialog, a page can send nothing.
        """
        polling = self.polling
        if polling is None or polling.is_read or self.has_socket or self.ended:
            self._end_absence()
        elif self._absence is None:
            seconds = POLLS_WITHIN + polling.size / SLOWEST
            self._absence = self._loop.call_later(seconds, self.end)

    def _end_absence(self) -> None:
        if self._absence:
            self._absence.cancel()
            self._absence = None

    # What it is sent (Writer)

    @property
    def blocked(self) -> bool:
        """Whether the client has to read first."""
        return self.transport.blocked

    def write(self, packets: Packets) -> bool:
        """Send packets; return whether others would be sent at once."""
        return self.transport.write(packets)

    async def drained(self) -> None:
        """Wait until the client has read."""
        await self.transport.drained()

    def close(self, code: int) -> None:
        """Close the transport; the client is gone when it has received that."""
        if self.closed:
            return
        self.closed = True
        self.hold_place()
        self.transport.close(code)
        self._schedule(LAST_READ_WITHIN, self.end)

    def end(self) -> None:
        """Forget the client. Ending twice is ending once."""
        if self.ended:
            return
        if self.closed:
            self.free_place()
        self.closed = self.ended = True
        del _sessions[self.id]
        if self._timer:
            self._timer.cancel()
        self._end_absence()
        self.transport.close(CloseCode.INTERNAL_ERROR)
        self.on_end()
        # The connection refers to this: so neither waits for the garbage collector.
        self.receive_message = _ignore_message
        self.on_drain = self.on_end = _ignore
        self.on_misuse = self.on_session_key = _ignore


def _ignore(*arguments) -> None:
    """Stand in for what a session calls, after its end."""


async def _ignore_message(packet: str) -> None:
    """Stand in for what takes messages, after the end."""


# This process's: no other process knows them.
_sessions: dict[str, Session] = {}


def find_session(id: str) -> Session | None:
    """Return the session with an id, None where this process does not know it."""
    return _sessions.get(id)


def end_polls() -> None:
    """End the polls that wait: the process is about to stop, and their clients reconnect."""
    for session in tuple(_sessions.values()):
        if session.polling:
            session.close(CloseCode.INTERNAL_ERROR)
