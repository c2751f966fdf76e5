"""The socket of a conversation: connects, and reconnects with backoff."""

import asyncio
import json
import random
from contextlib import suppress
from typing import NamedTuple

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from chat.rules.errors import CloseCode
from chat.terminal.conversation import Conversation
from chat.terminal.failures import FAILURES, NotAChat, failure
from chat.terminal.interface import Ended, Screen
from chat.terminal.site import Site

# In seconds.
FIRST_WAIT, MAX_WAIT = 0.5, 30.0
FLOOD_WAIT = 10.0
WELCOME_WITHIN = 10.0

FINAL = {CloseCode.MALFORMED, CloseCode.SIGNED_OUT, CloseCode.REMOVED}
RESTARTING = {1012, 1013, CloseCode.FLOODING}


class Who(NamedTuple):
    """As whom to talk: a guest of a name, or the guest or bot to whom a token belongs."""

    name: str | None = None
    token: str | None = None


class TerminalClient:
    """Keeps a conversation connected until the input has ended and was sent.

    `url` is that of the site's socket, and `site` its address for people. Without `proxies` those
    of the environment do not count. Nobody watches a screen that is not `is_watched`: there it
    ends with the first attempt to connect that fails.
    """

    def __init__(self, url: str, who: Who, room: str, screen: Screen, *, site: Site, proxies: bool):
        self.conversation = Conversation(
            room, who.name, screen, self._send, token=who.token, open_direct=self._open_direct
        )
        self._url, self._site = url, site
        self._proxy = True if proxies else None
        self._screen = screen
        self._socket: ClientConnection | None = None
        self._was_connected = False

    async def run(self) -> None:
        """Run until the end. Raises Ended where the server refuses or removes this client."""
        tasks = [
            asyncio.create_task(self._keep_connected()),
            asyncio.create_task(self._read_input()),
        ]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_input(self) -> None:
        async for line in self._screen.lines():
            if line.strip() or self.conversation.input.asks_password:
                await self.conversation.type(line)
        await self.conversation.input.end()

    async def _keep_connected(self) -> None:
        wait, is_offline = FIRST_WAIT, False
        while True:
            error = await self._connect_once()
            if self._was_welcomed:
                wait, is_offline = FIRST_WAIT, False
            self._check_final(error)
            self.conversation.disconnected()
            if not is_offline:
                is_offline = True
                why = (
                    "" if self._was_connected else f" {failure(error, self._site.address).sentence}"
                )
                self._screen.refusal(f"No connection to {self._site.address}. Trying again.{why}")
            # Jitter, so that not all clients reconnect at the same moment.
            delay = wait * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            await asyncio.sleep(max(delay, self.conversation.retry_after))
            wait = min(MAX_WAIT, 2 * wait)

    async def _connect_once(self) -> Exception:
        """Connect, and receive events until the connection ends; return the error that ended it."""
        self._was_welcomed = False
        try:
            async with self._connect() as self._socket:
                await self.conversation.begin()
                await self._receive_events(self._socket)
        except (*FAILURES, NotAChat) as error:
            return error
        finally:
            self._socket = None

    def _connect(self) -> connect:
        """Connect as whoever signed in, if somebody did: cookies count on the site's own origin."""
        as_member = {}
        if cookies := self._site.cookies:
            headers = {"Cookie": cookies}
            as_member = {"additional_headers": headers, "origin": self._site.origin}
        return connect(self._url, max_size=None, proxy=self._proxy, **as_member)

    async def _receive_events(self, socket: ClientConnection) -> None:
        async with asyncio.timeout(WELCOME_WITHIN):
            first = await socket.recv()
        await self._receive_frame(first)
        self._was_connected = self._was_welcomed = True
        while True:
            await self._receive_frame(await socket.recv())

    async def _receive_frame(self, frame: str | bytes) -> None:
        for event in parse_frame(frame):
            await self.conversation.receive(event)

    async def _open_direct(self, name: str) -> str:
        return await self._site.open_direct(name, self.conversation.token)

    async def _send(self, **fields) -> None:
        if self._socket:
            command = {name: value for name, value in fields.items() if value is not None}
            # What is lost with the connection is sent again after reconnecting.
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps(command))

    def _check_final(self, error: Exception) -> None:
        """Raise Ended where the server has closed the socket for good, or never opened one."""
        code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd else None
        if code in FINAL:
            raise Ended(self.conversation.last_error or "The server ended the conversation.")
        if code == CloseCode.FLOODING:
            self.conversation.retry_after = max(self.conversation.retry_after, FLOOD_WAIT)
        if self._was_connected or code in RESTARTING:
            return
        sentence, is_permanent = failure(error, self._site.address)
        if is_permanent or not self._screen.is_watched:
            raise Ended(sentence)


def parse_frame(frame: str | bytes) -> list[dict]:
    """Return the events of a frame. Raises NotAChat for what no chat server sends."""
    try:
        events = json.loads(frame)
    except ValueError:
        raise NotAChat from None
    if not isinstance(events, list) or not all(map(is_event, events)):
        raise NotAChat
    return events


def is_event(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)
