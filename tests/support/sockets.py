"""Test clients for the socket: send commands, and read events."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import wraps
from itertools import count

from channels.layers import channel_layers
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import TransactionTestCase, override_settings

from chat.consumers.routing import websocket_application
from chat.live import server

DEADLINE = 5  # seconds until something expected counts as missing
QUIET = 0.1  # seconds without a frame that count as silence
HOST = "testserver"
OWN_ORIGIN = f"http://{HOST}"


class Socket:
    """A client's end of a socket: sends commands, and keeps events until they are read."""

    def __init__(self, communicator: WebsocketCommunicator):
        self.communicator = communicator
        self.unread: list[dict] = []
        self.user: dict | None = None
        self.token: str | None = None
        self.room: str | None = None
        self._ids = (f"c{number}" for number in count(1))

    async def hello(self, **fields) -> dict:
        """Send `hello`; return the `welcome`."""
        welcome = await self.request("hello", **fields)
        self.user, self.token = welcome["user"], welcome.get("token")
        return welcome

    async def join(self, room: str, **fields) -> dict:
        """Join a room, which `send` then uses; return `joined`."""
        joined = await self.request("join", room=room, **fields)
        self.room = joined["room"]["slug"]
        return joined

    async def send(self, body: str, **fields) -> dict:
        """Send a message to the room joined last; return its ack."""
        return await self.request("send", **{"room": self.room, "body": body, **fields})

    async def request(self, type: str, **fields) -> dict:
        """Send a command and return its reply; fail when that is an error."""
        reply = await self.reply_to(await self.send_command(type, **fields))
        assert reply["type"] != "error", f"{type} was refused: {reply}"
        return reply

    async def send_command(self, type: str, **fields) -> str:
        """Send a command with a new id, without waiting; return the id."""
        command = {"type": type, "id": next(self._ids), **fields}
        await self.write(json.dumps(command))
        return command["id"]

    async def write(self, text: str) -> None:
        """Send any text as a frame."""
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def reply_to(self, id: str) -> dict:
        """Return the reply to the command with this id."""
        return await self._first(lambda event: event.get("id") == id, f"a reply to {id}")

    async def next(self, type: str) -> dict:
        """Return the first unread event of a type; others stay unread."""
        return await self._first(lambda event: event["type"] == type, type)

    async def receives_messages(self, *bodies: str) -> list[dict]:
        """Read one message event for each of `bodies`; check that they have these, in order."""
        events = [await self.next("message") for _ in bodies]
        assert [event["message"]["body"] for event in events] == list(bodies)
        return events

    async def receives_error(self, code: str) -> dict:
        """Return the first unread error; fail if it has another code."""
        error = await self.next("error")
        assert error["code"] == code, f"not {code}, but {error}"
        return error

    async def closed(self) -> int:
        """Wait for the server to close the socket; return the close code."""
        while (message := await self._receive())["type"] != "websocket.close":
            self._unpack(message)
        return message["code"]

    async def all_events(self, seconds: float = QUIET) -> list[dict]:
        """Return all unread events, and others until none arrives for so many seconds."""
        while not await self.communicator.receive_nothing(seconds):
            self._unpack(await self._receive())
        events, self.unread = self.unread, []
        return events

    async def receives_nothing(self, seconds: float = QUIET) -> None:
        """Fail if there is an unread event, or one arrives within so many seconds."""
        events = await self.all_events(seconds)
        assert not events, f"unexpected: {events}"

    async def _first(self, wanted: Callable[[dict], bool], what: str) -> dict:
        while not (found := next(filter(wanted, self.unread), None)):
            try:
                self._unpack(await self._receive())
            except TimeoutError:
                raise AssertionError(f"{what} did not arrive, only {self.unread}") from None
        self.unread.remove(found)
        return found

    async def _receive(self) -> dict:
        # Not by the communicator's method, which ends the socket when nothing arrives in time.
        async with asyncio.timeout(DEADLINE):
            return await self.communicator.output_queue.get()

    def _unpack(self, message: dict) -> None:
        assert message["type"] == "websocket.send", f"received {message} instead of a frame"
        events = json.loads(message["text"])
        assert isinstance(events, list)
        assert events
        self.unread += events


@asynccontextmanager
async def connect(
    name: str | None = None, *, token: str | None = None, **options
) -> AsyncIterator[Socket]:
    """Open a socket and send hello. `options` are those of `communicator`."""
    introduction = {"name": name, "token": token}
    async with open_socket(**options) as socket:
        await socket.hello(**{key: value for key, value in introduction.items() if value})
        yield socket


@asynccontextmanager
async def open_socket(**options) -> AsyncIterator[Socket]:
    """Open a socket and send nothing yet. `options` are those of `communicator`."""
    socket = Socket(communicator(**options))
    accepted, _ = await socket.communicator.connect(DEADLINE)
    assert accepted, "The handshake was refused."
    try:
        yield socket
    finally:
        await socket.communicator.disconnect(timeout=DEADLINE)


async def accepts_handshake(**options) -> bool:
    """Return whether a handshake is accepted."""
    client = communicator(**options)
    accepted, _ = await client.connect(DEADLINE)
    await (client.disconnect(timeout=DEADLINE) if accepted else client.wait(DEADLINE))
    return accepted


def communicator(
    *,
    path: str = "/ws/",
    host: str = HOST,
    origin: str | None = None,
    session: str | None = None,
    scheme: str = "ws",
    address: str = "192.0.2.1",
    forwarded: str | None = None,
    buffer: int = 0,
) -> WebsocketCommunicator:
    """Return a client of the WebSocket application. One without an `origin` is no browser.

    `forwarded` is the address in X-Forwarded-For, which proxies set.
    `buffer` is how many frames the connection buffers before the server has to wait for the client
    to read; 0 is without limit.
    """
    headers = {"host": host, "origin": origin, "x-forwarded-for": forwarded}
    if session:
        headers["cookie"] = f"{settings.SESSION_COOKIE_NAME}={session}"
    sent = [
        (name.encode(), text.encode("latin-1"))
        for name, text in headers.items()
        if text is not None
    ]
    client = WebsocketCommunicator(websocket_application, path, sent)
    client.scope.update(client=[address, 50_000], scheme=scheme)
    client._output_queue = asyncio.Queue(buffer)
    return client


@override_settings(CHAT_RATE_LIMITS=False)
class SocketTestCase(TransactionTestCase):
    """Runs each async test with a chat server in its event loop, and stops that at the end.

    Rate limits are off; a test of them turns them on before its first socket.
    """

    def __call__(self, result=None):
        test = getattr(self, self._testMethodName)
        if asyncio.iscoroutinefunction(test):
            setattr(self, self._testMethodName, stopping_the_server_after(test))
        super().__call__(result)


def stopping_the_server_after(test: Callable[[], Awaitable[None]]):
    """Return a test that stops the server at its end, and fails if a task outlives it."""

    @wraps(test)
    async def run():
        try:
            await test()
        finally:
            await server.stop()
            channel_layers.backends.clear()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, f"still running: {left}"

    return run
