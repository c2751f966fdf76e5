"""The WebSocket door for a terminal: lines of text in and out, no JSON and no hello."""

import json
from itertools import count
from urllib.parse import parse_qs

from chat.consumers.chat import ChatConsumer
from chat.consumers.lines import Line, LineWriter, refusal
from chat.live import server
from chat.rules.errors import CloseCode

NAMES_TRIED = 3

# What a client that was not let in does depends on the code; by most it stops.
CLOSING = {"rate_limited": CloseCode.FLOODING, "unavailable": CloseCode.INTERNAL_ERROR}


class PlainConsumer(ChatConsumer):
    """One terminal, in one room: a client of the protocol that happens to live in the server.

    So its limits and refusals are those of every client.
    """

    writer_class = LineWriter

    async def enter(self):
        """Join the room of the address, under the name in it; else say why not, and close."""
        self._numbers = count(1)
        room = self.scope["url_route"]["kwargs"].get("room")
        room = room or (await server.current()).configuration.default_room
        given = self._given_name()
        answer = await self._join(room, given or self._numbered_name())
        for _ in range(NAMES_TRIED):
            if given or not answer or answer.get("code") != "name_taken":
                break
            answer = await self._join(room, answer.get("suggestion"))
        if not answer:
            # Sent away, and told so.
            return
        if answer["type"] == "error":
            self.writer.tell(refusal(answer))
            self.connection.close(CLOSING.get(answer["code"], CloseCode.MALFORMED))
            return
        user = self.connection.user
        self.writer.begin(user.id, Line(f"* You joined {answer['room']['slug']} as {user.name}"))

    def _given_name(self) -> str | None:
        query = parse_qs(self.scope["query_string"].decode(errors="replace"))
        return query.get("name", [None])[0]

    def _numbered_name(self) -> str | None:
        """Give a name by the client's port; None behind a proxy, which does not tell it."""
        _, port = self.scope.get("client") or ("", 0)
        return f"Guest-{port}" if port else None

    async def _join(self, room: str, name: str | None) -> dict | None:
        """Say hello and join; give the last answer, or None where the client was sent away."""
        answer = await self._ask(type="hello", id="hello", name=name)
        if answer and answer["type"] == "welcome":
            answer = await self._ask(type="join", id="join", room=room)
        return answer

    async def _ask(self, id: str, **fields) -> dict | None:
        await self._command(id=id, **fields)
        self.connection.flush()
        return self.writer.answers.pop(id, None)

    async def hear(self, text):
        """Take one frame: a message, however the terminal ended its line."""
        for follower in self.connection.rooms.values():
            await self._command(
                type="send",
                id=f"{self.writer.own_ids}{next(self._numbers)}",
                room=follower.stream.room.slug,
                body=text.rstrip("\r\n"),
            )
            return

    async def _command(self, **fields) -> None:
        given = {name: value for name, value in fields.items() if value is not None}
        await self.commands.receive(json.dumps(given))
