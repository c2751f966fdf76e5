"""A minimal client of docs/protocol.md that logs all it does."""

import asyncio
import json
import random
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, WebSocketException

from tests.faults.witness.evidence import View
from tests.faults.witness.journal import Journal
from tests.faults.witness.member import Member

AWAY = (OSError, EOFError, TimeoutError, WebSocketException, InvalidHandshake)
STOPS = {4400, 4401, 4403}
RESET = struct.pack("ii", 1, 0)


class Client(Member):
    """One person with one socket at a time, who reconnects until `leave` is called.

    `address` returns the WebSocket URL of a process; it is called before each connection. `window`
    is how many messages may be unacknowledged at once. `buffer` is the size of the kernel's receive
    buffer in bytes.
    """

    PATH = "/ws/"

    def __init__(
        self,
        journal: Journal,
        name: str,
        room: str,
        address: Callable[[], str],
        *,
        dice: random.Random,
        window: int = 8,
        buffer: int | None = None,
    ):
        super().__init__(journal, name, room, window)
        self.address = address
        self.at = ""
        self.opened = 0
        self.staying = True
        self.reading = asyncio.Event()
        self.reading.set()
        self.close_codes: list[int] = []
        self._buffer, self._dice = buffer, dice
        self._socket: ClientConnection | None = None
        self._silent: list[ClientConnection] = []
        self._life: asyncio.Task | None = None

    # What is sent and received, which another protocol may write in another way

    def take_frame(self, frame: str) -> None:
        """Handle a frame of the server's."""
        for event in json.loads(frame):
            self.take(event)

    def write(self, command: dict) -> None:
        """Write a command to the socket."""
        self.write_frame(json.dumps(command))

    def start(self) -> None:
        """Connect, and reconnect whenever the connection ends."""
        self._life = asyncio.create_task(self._live())

    async def leave(self) -> None:
        """Disconnect without reconnecting."""
        self.staying = False
        if self._socket:
            # Without a close handshake: a client that does not read could not complete it.
            self._socket.transport.abort()
        for ghost in self._silent:
            ghost.transport.abort()
        if self._life:
            self._life.cancel()
            with suppress(asyncio.CancelledError):
                await self._life

    def view(self) -> View:
        return View(self.first, self.version, dict(self.messages))

    # Cutting the connection

    def cut(self, how: str) -> None:
        """Cut the connection by "RST", by "FIN", or by "silence", which the server cannot see."""
        lost, self._socket = self._socket, None
        if lost is None:
            return
        self.journal.note(self.name, "gone", text=f"cut by {how}")
        if how == "silence":
            # From now on nothing reads it, writes to it or closes it.
            lost.transport.pause_reading()
            self._silent.append(lost)
            self._life.cancel()
            self.disconnected()
            self._life = asyncio.create_task(self._live())
            return
        if how == "RST":
            raw = lost.transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        lost.transport.abort()

    # Connecting

    async def _live(self) -> None:
        wait = 0.02
        while self.staying:
            try:
                self._socket = await self._open()
                wait = 0.02
                await self._converse(self._socket)
            except AWAY:
                pass
            self._ended()
            if self.close_codes and self.close_codes[-1] in STOPS:
                return
            # With jitter: clients that reconnect at the same moment overload a new process.
            await asyncio.sleep(wait * self._dice.uniform(0.5, 1))
            wait = min(1.0, wait * 2)

    async def _open(self) -> ClientConnection:
        self.at = self.address()
        host, port = urlsplit(self.at).hostname, urlsplit(self.at).port
        raw = socket.socket()
        if self._buffer:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
        raw.setblocking(False)
        try:
            # Unlike `wait_for` of Python 3.11, it never takes a cancellation for a connection.
            async with asyncio.timeout(5):
                await asyncio.get_running_loop().sock_connect(raw, (host, port))
        except BaseException:
            raw.close()
            raise
        options = {"compression": None, "max_size": None, "ping_interval": None}
        return await connect(
            f"{self.at}{self.PATH}", sock=raw, open_timeout=5, close_timeout=1, **options
        )

    async def _converse(self, ws: ClientConnection) -> None:
        self.opened += 1
        self.connected()
        try:
            while True:
                await self.reading.wait()
                self.take_frame(await ws.recv())
        finally:
            if ws.close_code is not None:
                self.close_codes.append(ws.close_code)
                self.journal.note(self.name, "close", text=str(ws.close_code))

    def _ended(self) -> None:
        if self._socket is not None:
            self._socket = None
            self.journal.note(self.name, "gone")
        self.disconnected()

    def write_frame(self, text: str) -> None:
        """Write a frame to the socket; one that is just ending loses it."""
        if self._socket is None:
            return
        task = asyncio.create_task(self._write(self._socket, text))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    @staticmethod
    async def _write(ws: ClientConnection, text: str) -> None:
        with suppress(*AWAY):
            await ws.send(text)
