"""The WebSocket consumer for terminals: lines of text in and out, no JSON and no `hello`."""

import json
import re
from itertools import count
from urllib.parse import parse_qs

from chat.consumers.chat import ChatConsumer
from chat.consumers.lines import LineWriter, TextLine, error_line, message_line
from chat.live import server
from chat.rules.errors import CloseCode
from chat.rules.text import originals_in

NAMES_TRIED = 3

# What a client does that was refused depends on the close code; with most codes it stops.
CLOSE_CODES = {"rate_limited": CloseCode.FLOODING, "unavailable": CloseCode.INTERNAL_ERROR}


class PlainConsumer(ChatConsumer):
    """One terminal, in one room: a client of the protocol that runs in the server.

    It sends the terminal's commands itself, so the limits and refusals are those of every client.
    """

    writer_class = LineWriter

    async def greet(self):
        """Join the room of the address, under the name in it; if refused, say why and close."""
        self._numbers = count(1)
        room = self.scope["url_route"]["kwargs"].get("room")
        room = room or (await server.current()).configuration.default_room
        name = self._name_in_address()
        reply = await self._join(room, name or self._numbered_name())
        for _ in range(NAMES_TRIED):
            if name or not reply or reply.get("code") != "name_taken":
                break
            reply = await self._join(room, reply.get("suggestion"))
        if not reply:
            # The connection was closed, with an error that said why.
            return
        if reply["type"] == "error":
            self.writer.write_line(error_line(reply))
            self.connection.close(CLOSE_CODES.get(reply["code"], CloseCode.MALFORMED))
            return
        user = self.connection.user
        welcome = TextLine(f"* You joined {reply['room']['slug']} as {user.name}")
        originals = originals_in(reply)
        newest = [message for message in reply["messages"] if not message["deleted"]]
        wanted = newest[max(0, len(newest) - self._history_in_address()) :]
        history = [message_line(message, originals) for message in wanted]
        self.writer.begin(user.id, welcome, *history)

    def _name_in_address(self) -> str | None:
        return self._in_address("name")

    def _history_in_address(self) -> int:
        """Return how many messages the client wants first; lines have no position to resume at."""
        number = self._in_address("history") or ""
        return int(number) if re.fullmatch("[0-9]{1,3}", number) else 0

    def _in_address(self, field: str) -> str | None:
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        return query.get(field, [None])[0]

    def _numbered_name(self) -> str | None:
        """Return a name with the client's port; None behind a proxy, which does not send it."""
        _, port = self.scope.get("client") or ("", 0)
        return f"Guest-{port}" if port else None

    async def _join(self, room: str, name: str | None) -> dict | None:
        """Send `hello` and `join`; return the last reply, or None if the connection was closed."""
        reply = await self._ask(type="hello", id="hello", name=name)
        if reply and reply["type"] == "welcome":
            reply = await self._ask(type="join", id="join", room=room)
        return reply

    async def _ask(self, id: str, **fields) -> dict | None:
        """Send a command; return its reply, or None if the connection was closed."""
        await self._command(id=id, **fields)
        self.connection.out.flush()
        return self.writer.replies.pop(id, None)

    async def receive_text(self, text: str):
        """Send one frame as a message, however the terminal ended its line."""
        follower = next(iter(self.connection.rooms.values()), None)
        if follower:
            await self._command(
                type="send",
                id=f"{self.writer.own_ids}{next(self._numbers)}",
                room=follower.stream.room.slug,
                body=text.rstrip("\r\n"),
            )

    async def _command(self, **fields) -> None:
        command = {name: value for name, value in fields.items() if value is not None}
        await self.commands.run_command(json.dumps(command))
