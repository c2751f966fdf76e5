"""Test clients of Socket.IO inside the process, over a WebSocket or by polling.

They implement both protocols independently; the published clients are tried elsewhere.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, NamedTuple

from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.conf import settings

from chat.consumers.routing import websocket_application
from chat.consumers.socketio.application import SocketIOApplication
from tests.support.sockets import DEADLINE, HOST, QUIET

application = SocketIOApplication(websocket_application)
PATH = "/socket.io/"
EIO = "EIO=4&transport="


class Options(NamedTuple):
    """From where a client comes."""

    origin: str | None = None
    session: str | None = None
    address: str = "192.0.2.1"
    # What a browser says of the page that makes the request, and of what it wants.
    site: str | None = None
    page: str | None = None
    accept: str | None = None

    def scope(self) -> dict:
        headers = {"host": HOST, "origin": self.origin, "sec-fetch-site": self.site}
        headers |= {"referer": self.page, "accept": self.accept}
        if self.session:
            headers["cookie"] = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        sent = [(name.encode(), text.encode()) for name, text in headers.items() if text]
        return {"headers": sent, "client": [self.address, 50_000]}


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str


class Request:
    """A request under way."""

    def __init__(self, method: str, query: str, body: str = "", options: Options = Options()):  # noqa: B008
        scope = options.scope() | {
            "type": "http",
            "method": method,
            "path": PATH,
            "query_string": query.encode(),
            "scheme": "http",
        }
        self.communicator = ApplicationCommunicator(application, scope)
        self._body = body.encode()

    async def begin(self) -> "Request":
        await self.communicator.send_input({"type": "http.request", "body": self._body})
        return self

    async def response(self) -> Response:
        start = await self.communicator.receive_output(DEADLINE)
        body = await self.communicator.receive_output(DEADLINE)
        await self.communicator.wait(DEADLINE)
        headers = {name.decode(): text.decode() for name, text in start["headers"]}
        return Response(start["status"], headers, body["body"].decode())

    async def leave(self) -> None:
        """End the request as a client that goes."""
        await self.communicator.send_input({"type": "http.disconnect"})
        await self.communicator.wait(DEADLINE)


async def fetch(method: str, query: str, body: str = "", **options) -> Response:
    """Send a request; return the response."""
    return await (await Request(method, query, body, Options(**options)).begin()).response()


class WebSocketWire:
    """Packets over a WebSocket."""

    def __init__(self, options: Options, query: str = f"{EIO}websocket", buffer: int = 0):
        self._socket = WebsocketCommunicator(application, f"{PATH}?{query}")
        self._socket.scope.update(options.scope(), scheme="ws")
        self._socket._output_queue = asyncio.Queue(buffer)
        self.close_code: int | None = None

    async def open(self) -> bool:
        accepted, _ = await self._socket.connect(DEADLINE)
        return accepted

    async def send(self, packet: str) -> None:
        await self._socket.send_input({"type": "websocket.receive", "text": packet})

    async def receive(self) -> list[str]:
        async with asyncio.timeout(DEADLINE):
            message = await self._socket.output_queue.get()
        if message["type"] == "websocket.close":
            self.close_code = message["code"]
            return []
        return [message["text"]]

    async def close(self) -> None:
        await self._socket.disconnect(timeout=DEADLINE)


class PollingWire:
    """Packets by requests."""

    def __init__(self, options: Options):
        self._options = options
        self._query = f"{EIO}polling"
        self._poll: Request | None = None
        self.sid: str | None = None

    async def open(self) -> bool:
        return True

    async def send(self, packet: str) -> None:
        response = await self.fetch("POST", packet)
        assert response.status == 200, response

    async def fetch(self, method: str, body: str = "") -> Response:
        return await (await self.request(method, body)).response()

    async def request(self, method: str, body: str = "") -> Request:
        return await Request(method, self._query, body, self._options).begin()

    async def receive(self) -> list[str]:
        if self._poll is None:
            self._poll = await self.request("GET")
        response = await self._poll.response()
        self._poll = None
        packets = response.text.split("\x1e") if response.status == 200 else []
        if self.sid is None and packets:
            self.sid = json.loads(packets[0][1:])["sid"]
            self._query += f"&sid={self.sid}"
        return [] if packets == ["1"] else packets

    async def stop_reading(self) -> None:
        """Leave the server with nobody who polls, as between two polls."""
        if self._poll:
            self._poll.communicator.future.cancel()
            with suppress(asyncio.CancelledError):
                await self._poll.communicator.future
            self._poll = None

    async def close(self) -> None:
        if self._poll:
            await self._poll.leave()
        elif self.sid:
            await self.fetch("POST", "1")


WIRES = {"websocket": WebSocketWire, "polling": PollingWire}
PACKET = re.compile(r"(\d)(?:/\w+,)?(\d*)(.*)", re.DOTALL)


class Client:
    """A client: emits events, and keeps others until they are read."""

    def __init__(self, wire):
        self.wire = wire
        self.unread: list[list] = []
        self.acks: dict[int, list] = {}
        self.connected: dict | None = None
        self.refused: dict | None = None
        self.is_out = self.is_over = False
        self._numbers = count(1)

    async def connect(self, auth: Any = None) -> "Client":
        """Open the connection, and connect."""
        assert await self.wire.open(), "The handshake was refused."
        await self._read()  # The first packet opens the session.
        await self.send("40" if auth is None else f"40{json.dumps(auth)}")
        await self._until(lambda: self.connected or self.refused or self.is_over, "a connection")
        return self

    async def send(self, packet: str) -> None:
        await self.wire.send(packet)

    async def emit(self, *event: Any) -> None:
        """Send an event without an acknowledgement."""
        await self.send(f"42{json.dumps(event)}")

    async def request(self, *event: Any) -> list:
        """Send an event; return the arguments of the acknowledgement."""
        number = next(self._numbers)
        await self.send(f"42{number}{json.dumps(event)}")
        await self._until(lambda: number in self.acks, f"an acknowledgement of {event}")
        return self.acks.pop(number)

    async def next(self, name: str) -> Any:
        """Return the arguments of the first unread event of a name, alone where it is one."""
        await self._until(lambda: self._first(name), name)
        event = self._first(name)
        self.unread.remove(event)
        return event[1] if len(event) == 2 else event[1:]

    def _first(self, name: str) -> list | None:
        return next((event for event in self.unread if event[0] == name), None)

    async def hears_nothing(self, seconds: float = QUIET) -> None:
        """Fail if there is an event, or one comes in so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._read()
        unread = [event for event in self.unread if event[0] != "place"]
        assert not unread, unread

    async def ends(self, *, for_good: bool = False) -> None:
        """Wait until the server ends the connection; `for_good` says that it is not to return."""
        await self._until(lambda: self.is_over, "the end")
        assert self.is_out == for_good

    async def _until(self, met, what: str) -> None:
        try:
            async with asyncio.timeout(DEADLINE):
                while not met():
                    assert not self.is_over, f"the end came before {what}: {self.unread}"
                    await self._read()
        except TimeoutError:
            raise AssertionError(f"{what} did not arrive, only {self.unread}") from None

    async def _read(self) -> None:
        packets = await self.wire.receive()
        self.is_over = self.is_over or not packets
        for packet in packets:
            await self._take(packet)

    async def _take(self, packet: str) -> None:
        if packet == "2":
            await self.wire.send("3")
        if packet == "1":
            self.is_over = True
        if not packet.startswith("4"):
            return
        kind, number, data = PACKET.fullmatch(packet[1:]).groups()
        value = json.loads(data) if data else None
        if kind == "0":
            self.connected = value
        elif kind == "4":
            self.refused = value
        elif kind == "1":
            self.is_out = True
        elif kind == "2":
            self.unread.append(value)
        elif kind == "3":
            self.acks[int(number)] = value


@asynccontextmanager
async def client(
    auth: Any = None, *, transport: str = "websocket", wire=None, **options
) -> AsyncIterator[Client]:
    """Connect a client. `options` are those of Options."""
    connected = Client(wire or WIRES[transport](Options(**options)))
    try:
        yield await connected.connect(auth)
    finally:
        await connected.wire.close()
