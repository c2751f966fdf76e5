"""Clients in sentences: what people do over a socket, and what they are told."""

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

DEADLINE = 5  # seconds until something that should come counts as missing
QUIET = 0.1  # seconds without a frame that count as silence
HOST = "testserver"
OWN_ORIGIN = f"http://{HOST}"


class Socket:
    """A client's end of a socket: says commands, and keeps what it is told until it is read."""

    def __init__(self, communicator: WebsocketCommunicator):
        self.communicator = communicator
        self.unread: list[dict] = []
        self.user: dict | None = None
        self.token: str | None = None
        self.room: str | None = None
        self._ids = (f"c{number}" for number in count(1))

    async def hello(self, **fields) -> dict:
        """Introduce oneself; return the welcome."""
        welcome = await self.ask("hello", **fields)
        self.user, self.token = welcome["user"], welcome.get("token")
        return welcome

    async def join(self, room: str, **fields) -> dict:
        """Enter a room, which `send` then means; return what was joined."""
        joined = await self.ask("join", room=room, **fields)
        self.room = joined["room"]["slug"]
        return joined

    async def send(self, body: str, **fields) -> dict:
        """Send a message to the room joined last; return its ack."""
        return await self.ask("send", **{"room": self.room, "body": body, **fields})

    async def ask(self, type: str, **fields) -> dict:
        """Say a command and return the direct answer; fail when that is a refusal."""
        answer = await self.answer(await self.say(type, **fields))
        assert answer["type"] != "error", f"{type} was refused: {answer}"
        return answer

    async def say(self, type: str, **fields) -> str:
        """Say a command, with an id of its own, without waiting; return the id."""
        command = {"type": type, "id": next(self._ids), **fields}
        await self.write(json.dumps(command))
        return command["id"]

    async def write(self, text: str) -> None:
        """Send a frame of text, whatever it is."""
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def answer(self, id: str) -> dict:
        """Return the direct answer to the command with this id."""
        return await self._first(lambda event: event.get("id") == id, f"an answer to {id}")

    async def next(self, type: str) -> dict:
        """Return the first unread event of a type; others stay unread."""
        return await self._first(lambda event: event["type"] == type, type)

    async def hears(self, *bodies: str) -> list[dict]:
        """Take as many message events as there are bodies; they are those, in this order."""
        events = [await self.next("message") for _ in bodies]
        assert [event["message"]["body"] for event in events] == list(bodies)
        return events

    async def refused(self, code: str) -> dict:
        """Return the first unread error, which has this code."""
        error = await self.next("error")
        assert error["code"] == code, f"not {code}, but {error}"
        return error

    async def closed(self) -> int:
        """Wait for the server to close the socket; return the close code."""
        while (message := await self._receive())["type"] != "websocket.close":
            self._unpack(message)
        return message["code"]

    async def everything(self, seconds: float = QUIET) -> list[dict]:
        """Return all that is unread, and comes until nothing comes for so many seconds."""
        while not await self.communicator.receive_nothing(seconds):
            self._unpack(await self._receive())
        told, self.unread = self.unread, []
        return told

    async def says_nothing(self, seconds: float = QUIET) -> None:
        """Fail if there is anything unread, or comes within so many seconds."""
        told = await self.everything(seconds)
        assert not told, f"unexpected: {told}"

    async def _first(self, wanted: Callable[[dict], bool], what: str) -> dict:
        while not (found := next(filter(wanted, self.unread), None)):
            try:
                self._unpack(await self._receive())
            except TimeoutError:
                raise AssertionError(f"{what} did not come, only {self.unread}") from None
        self.unread.remove(found)
        return found

    async def _receive(self) -> dict:
        # Not the communicator's own way, which ends the socket when nothing comes in time.
        async with asyncio.timeout(DEADLINE):
            return await self.communicator.output_queue.get()

    def _unpack(self, message: dict) -> None:
        assert message["type"] == "websocket.send", f"instead of a frame came {message}"
        events = json.loads(message["text"])
        assert isinstance(events, list)
        assert events
        self.unread += events


@asynccontextmanager
async def connect(
    name: str | None = None, *, token: str | None = None, **door
) -> AsyncIterator[Socket]:
    """Open a socket and say hello. `door` is as for `communicator`."""
    introduction = {"name": name, "token": token}
    async with open_socket(**door) as socket:
        await socket.hello(**{key: value for key, value in introduction.items() if value})
        yield socket


@asynccontextmanager
async def open_socket(**door) -> AsyncIterator[Socket]:
    """Open a socket, saying nothing yet. `door` is as for `communicator`."""
    socket = Socket(communicator(**door))
    accepted, _ = await socket.communicator.connect(DEADLINE)
    assert accepted, "The handshake was refused."
    try:
        yield socket
    finally:
        await socket.communicator.disconnect(timeout=DEADLINE)


async def lets_in(**door) -> bool:
    """Whether a handshake is accepted."""
    client = communicator(**door)
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
    line: int = 0,
) -> WebsocketCommunicator:
    """A client at the door. One without an `origin` is no browser.

    `forwarded` is the address that it says it has, as a proxy would.
    `line` is how many frames are on their way before the server has to wait for the client to
    read; 0 for a line that takes them all.
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
    client._output_queue = asyncio.Queue(line)
    return client


@override_settings(CHAT_RATE_LIMITS=False)
class SocketTestCase(TransactionTestCase):
    """Gives each async test a chat server in its own event loop, which leaves nothing behind.

    Rate limits are off: a test of them switches them on before its first socket.
    """

    def __call__(self, result=None):
        test = getattr(self, self._testMethodName)
        if asyncio.iscoroutinefunction(test):
            setattr(self, self._testMethodName, stopping_the_server_after(test))
        super().__call__(result)


def stopping_the_server_after(test: Callable[[], Awaitable[None]]):
    """A test that stops the server at its end, and fails if a task outlives that."""

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
