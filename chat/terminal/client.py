"""The socket under a conversation: opened, and opened again."""

import asyncio
import json
import random
from contextlib import suppress

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from chat.rules.errors import CloseCode
from chat.terminal.conversation import Conversation, Ended, Screen

# In seconds.
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
FLOOD_WAIT = 10.0

FINAL = {CloseCode.MALFORMED, CloseCode.SIGNED_OUT, CloseCode.REMOVED}


class Client:
    """Keeps a conversation going until what is typed has ended and is sent."""

    def __init__(self, url: str, room: str, name: str | None, screen: Screen):
        self.conversation = Conversation(room, name, screen, self._say)
        self._url = url
        self._screen = screen
        self._socket: ClientConnection | None = None

    async def run(self) -> None:
        """Talk. Raises Ended where the server lets nobody in, or sends this one away."""
        tasks = [asyncio.create_task(self._stay()), asyncio.create_task(self._type())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _type(self) -> None:
        async for line in self._screen.lines():
            if line.strip():
                await self.conversation.type(line)
        await self.conversation.outbox.emptied()

    async def _stay(self) -> None:
        wait, is_out = FIRST_WAIT, False
        while True:
            try:
                async with connect(self._url, max_size=None) as self._socket:
                    wait, is_out = FIRST_WAIT, False
                    await self._talk(self._socket)
            except InvalidURI:
                raise Ended(f"{self._url} is no address: give one like http://host:8000.") from None
            except (OSError, InvalidHandshake, ConnectionClosed) as error:
                self._refuse_final(error)
            finally:
                self._socket = None
            self.conversation.interrupted()
            if not is_out:
                is_out = True
                self._screen.refusal(f"No connection to {self._url}: trying again.")
            # Not all clients in one moment.
            later = wait * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
            await asyncio.sleep(max(later, self.conversation.retry_after))
            wait = min(LONGEST_WAIT, 2 * wait)

    async def _talk(self, socket: ClientConnection) -> None:
        await self.conversation.begin()
        async for frame in socket:
            for event in json.loads(frame):
                await self.conversation.hear(event)

    async def _say(self, **fields) -> None:
        if self._socket:
            given = {name: value for name, value in fields.items() if value is not None}
            # Without a connection nothing is said; coming back says it again.
            with suppress(ConnectionClosed):
                await self._socket.send(json.dumps(given))

    def _refuse_final(self, error: Exception) -> None:
        """Raise Ended where the server does not want this client back."""
        code = error.rcvd.code if isinstance(error, ConnectionClosed) and error.rcvd else None
        if code in FINAL:
            raise Ended(self.conversation.last_error or "The server ended the conversation.")
        if code == CloseCode.FLOODING:
            self.conversation.retry_after = max(self.conversation.retry_after, FLOOD_WAIT)
