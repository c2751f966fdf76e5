"""A client in many rooms that keeps the rules of delivery, and minds what it must not be told."""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count

from chat.commands import Commands
from chat.connection import Connection, Visitor
from chat.protocol import Frame
from chat.server import ChatServer
from tests.fuzz.model import Person, shown

DEADLINE = 10.0
ids = count(1)


@dataclass
class View:
    """What a client has of a room: it should have all from `first` on, and what changed after
    `base`."""

    room: dict
    version: int
    messages: dict[int, dict] = field(default_factory=dict)
    first: float = float("inf")
    base: float = 0
    people: set[str] = field(default_factory=set)
    count: int = 0
    old_slugs: set[str] = field(default_factory=set)


class Tab:
    """One connection of a person to one process."""

    def __init__(self, person: Person, server: ChatServer):
        self.person, self.server = person, server
        self.views: dict[str, View] = {}
        self.answers: dict[str, dict] = {}
        self.errors: list[dict] = []
        self.max_body = 0
        self.close_code: int | None = None
        self.blocked = False  # as a writer: it takes everything at once
        self.kept: dict[str, View] = {}
        self._behind: set[str] = set()
        self._news = asyncio.Event()
        self._connection = Connection(server, self, Visitor("192.0.2.1", person.session))
        self._commands = Commands(self._connection)

    # What a writer is to the server

    def write(self, frame: Frame) -> bool:
        for event in json.loads(frame.text):
            if self.close_code is None:
                self._take(event)
            else:
                assert event["type"] != "message", f"told to one who was sent away: {event}"
        return True

    def close(self, code: int) -> None:
        self.close_code = self.close_code or code
        self.views.clear()
        self._news.set()

    # What a client does

    async def ask(self, type: str, **fields) -> dict | None:
        """Say a command and return its direct answer; None where the socket was closed."""
        return await self.answer(await self.say(type, **fields))

    async def say(self, type: str, id: str | None = None, **fields) -> str:
        """Say a command without waiting; return its id."""
        command = {"type": type, "id": id or f"c{next(ids)}", **fields}
        self.answers.pop(command["id"], None)
        given = {name: value for name, value in command.items() if value is not None}
        await self._commands.receive(json.dumps(given))
        return command["id"]

    async def answer(self, id: str) -> dict | None:
        async with asyncio.timeout(DEADLINE):
            while id not in self.answers and self.close_code is None:
                self._news.clear()
                await self._news.wait()
        return self.answers.get(id)

    async def silence(self, type: str, **fields) -> dict | None:
        """Say a command that has no direct answer; return its refusal, if that is what comes."""
        command_id = await self.say(type, **fields)
        await self.ask("ping")
        return self.answers.get(command_id)

    def pretend(self, slug: str, after: int) -> None:
        """Have had version `after` of a room, and nothing of it any more."""
        before = self.views.get(slug)
        view = View(before.room if before else {}, after, base=after)
        if before:
            view.people, view.count, view.old_slugs = before.people, before.count, before.old_slugs
            self.views[slug] = view
        self.kept[slug] = view

    async def resume(self) -> None:
        """Join the rooms that one is in, with what one has of them."""
        for slug, view in tuple(self.views.items()):
            epoch = view.room["epoch"]
            answer = await self.ask("join", room=slug, after=view.version, epoch=epoch)
            assert answer["type"] == "joined"

    async def catch_up(self) -> None:
        """Ask for what the rules of delivery say was missed."""
        while self._behind and self.close_code is None:
            view = self.views.get(slug := self._behind.pop())
            if view:
                epoch = view.room["epoch"]
                await self.ask("sync", room=slug, after=view.version, epoch=epoch)

    def vanish(self) -> dict[str, View]:
        """Be gone without a word; return what it had, to come back with."""
        views = dict(self.views)
        self.close(1006)
        self._connection.end()
        return views

    def address(self, slug: str) -> str:
        """Give a room's address now, for one that it had since this client is in it."""
        return next((now for now, view in self.views.items() if slug in view.old_slugs), slug)

    # What it is told

    def _take(self, event: dict) -> None:
        if "id" in event:
            self.answers[event["id"]] = event
        if handler := getattr(self, f"_on_{event['type']}", None):
            handler(event)
        self._news.set()

    def _on_error(self, event):
        assert event["message"].count(". ") <= 1
        self.errors.append(event)

    def _on_joined(self, event):
        room = event["room"]
        kept = self.kept.pop(room["slug"], None) or View(room, 0)
        view = self.views.setdefault(room["slug"], kept)
        view.room = room
        view.people = {user["id"] for user in event["members"]}
        view.count = event["count"]
        assert self.person.id in view.people
        self._renew(view, event, room["version"])

    def _on_synced(self, event):
        view = self.views[event["room"]]
        assert view.room["epoch"] == event["epoch"] or event["reset"]
        view.room["epoch"] = event["epoch"]
        self._renew(view, event, event["version"])

    def _renew(self, view: View, event: dict, version: int) -> None:
        messages = {message["seq"]: shown(message) for message in event["messages"]}
        if event["reset"]:
            view.messages, view.first, view.base = {}, min(messages, default=1), version
        elif version < view.version:
            return
        view.version = version
        view.messages |= messages

    def _on_message(self, event):
        assert event["room"] in self.views, f"told of a room that it is not in: {event}"
        view = self.views[event["room"]]
        assert event["version"] == event["message"]["version"]
        if event["version"] == view.version + 1:
            view.version += 1
            view.messages[event["message"]["seq"]] = shown(event["message"])
        elif event["version"] > view.version:
            self._behind.add(event["room"])

    def _on_presence(self, event):
        view = self.views[event["room"]]
        view.people |= {user["id"] for user in event["joined"]}
        view.people -= {user["id"] for user in event["left"]}
        view.count = event["count"]

    def _on_typing(self, event):
        assert event["room"] in self.views
        assert self.person.id not in {user["id"] for user in event["users"]}

    def _on_room(self, event):
        slug = event["room"]["slug"]
        was = event.get("was", slug)
        view = self.views.pop(was)
        view.room = event["room"]
        view.old_slugs = (view.old_slugs | {was}) - {slug}
        self.views[slug] = view
        if was in self._behind:
            self._behind = (self._behind - {was}) | {slug}

    def _on_welcome(self, event):
        self.max_body = event["limits"]["body"]

    def _on_site(self, event):
        self.max_body = event["limits"]["body"]

    def _on_left(self, event):
        self.views.pop(event["room"], None)
