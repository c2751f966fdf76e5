"""The socket of a conversation: connects, and reconnects with backoff."""

import asyncio
import json
import random
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from chat.rules.errors import CloseCode
from chat.terminal.conversation import Conversation, Ended, Screen

# In seconds.
FIRST_WAIT, MAX_WAIT = 0.5, 30.0
FLOOD_WAIT = 10.0

FINAL = {CloseCode.MALFORMED, CloseCode.SIGNED_OUT, CloseCode.REMOVED}


class TerminalClient:
    """Keeps a conversation connected until the input has ended and was sent."""

    def __init__(self, url: str, room: str, name: str | None, screen: Screen):
        self.conversation = Conversation(room, name, screen, self._send)
        self._url = url
        self._screen = screen
        self._socket: ClientConnection | None = None

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
            if line.strip():
                await self.conversation.type(line)
        await self.conversation.outbox.wait_until_empty()

    async def _keep_connected(self) -> None:
        wait, is_offline = FIRST_WAIT, False
        while True:
            try:
                async with connect(self._url, max_size=None) as self._socket:
                    wait, is_offline = FIRST_WAIT, False
                    await self._receive_events(self._socket)
            except InvalidURI:
                raise Ended(f"{self._url} is no address: give one like http://host:8000.") from None
            except (OSError, InvalidHandshake, ConnectionClosed) as error:
                self._check_final(error)
            finally:
                self._socket = None
            self.conversation.disconnected()
            if not is_offline:
                is_offline = True
                self._screen.refusal(f"No connection to {self._url}: trying again.")
            # Jitter, so that not all clients reconnect at the same moment.
            delay = wait * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            await asyncio.sleep(max(delay, self.conversation.retry_after))
            wait = min(MAX_WAIT, 2 * wait)

    async def _receive_events(self, socket: ClientConnection) -> None:
        await self.conversation.begin()
        async for frame in socket:
            for event in json.loads(frame):
                await self.conversation.receive(event)

    async def _send(self, **fields) -> None:
        if self._socket:
            command = {name: value for name, value in fields.items() if value is not None}
            # What is lost with the connection is sent again after reconnecting.
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps(command))

    def _check_final(self, error: Exception) -> None:
        """Raise Ended where the server has closed the socket for good."""
        code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd else None
        if code in FINAL:
            raise Ended(self.conversation.last_error or "The server ended the conversation.")
        if code == CloseCode.FLOODING:
            self.conversation.retry_after = max(self.conversation.retry_after, FLOOD_WAIT)
