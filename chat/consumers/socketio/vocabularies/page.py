"""What all pages of older chats have in common: each is in one room, under one name."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from secrets import token_hex
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from pydantic_core import from_json

from chat.connection.position import Position
from chat.consumers.socketio.output import refusal_packet
from chat.consumers.socketio.packets import Packets, event_packet
from chat.consumers.socketio.vocabularies.translation import Entry, RoomNow, Translation
from chat.live.server import ChatServer
from chat.protocol import ErrorEvent, Event, Frame, JoinedEvent, LeftEvent
from chat.rules.errors import ChatError

NAMES_TRIED = 4
MAX_EVENT_SHOWN = 40
# An event that no page knows. Clients keep the last argument of an event, where it is a text, and
# send it with their `pid` when they connect again: so a page that does not say who it is again
# comes back to its vocabulary and its room.
PLACE = "place"


class Page:
    """A page that speaks a vocabulary.

    KEY names it in what comes back from clients. HANDLERS are its events, each with a method; a
    page that gets what it sent itself ECHOES. A vocabulary says what its packets are: `message`,
    `arrived`, `left`, `people`.
    """

    KEY: ClassVar[str]
    HANDLERS: ClassVar[dict[str, Callable]]
    ECHOES = True
    # Whether the last argument of an event about people is a text, in the way of PLACE.
    NAMES_LAST = False

    def __init__(self, client):
        self.client = client
        self.connection = client.connection
        self.position = Position()
        self.room: str | None = None
        self._is_back = False
        self._own_ids = f"page-{token_hex(8)}-"
        self._numbers = count(1)

    # What it sends

    @classmethod
    def has(cls, event: str, arguments: list) -> bool:
        """Return whether an event is of this vocabulary, and of no other."""
        return event in cls.HANDLERS

    async def receive(self, event: str, arguments: list, acknowledge) -> None:
        """Handle an event; refuse one that this vocabulary does not have."""
        if handler := self.HANDLERS.get(event):
            await handler(self, acknowledge, *arguments)
        else:
            self.settle(acknowledge, ErrorEvent.of(_unknown(event)))

    async def enter(self, acknowledge, name: Any = None, room: Any = None, *others) -> None:
        """Join a room under a name; the default room, and a number, where there is none."""
        self.settle(acknowledge, await self.let_in(name, room))

    async def enter_named(self, acknowledge, name: Any = None, *others) -> None:
        """Join the default room under a name."""
        await self.enter(acknowledge, name)

    async def say(self, acknowledge, text: Any = None, *others) -> None:
        """Write a message."""
        if self.room is None and (refusal := await self.let_in(None, None)):
            self.settle(acknowledge, refusal)
            return
        await self.write(text, partial(self.settle, acknowledge))

    async def write(self, text: Any, on_reply: Callable[[Event], None], id: str | None = None):
        """Send a message, in its own id or one of this page's."""
        body = str(text) if type(text) in (int, float) else text
        command_id = id or f"{self._own_ids}{next(self._numbers)}"
        fields = {"id": command_id, "room": self.room, "body": body}
        await self.client.run("send", fields, on_reply)

    def settle(self, acknowledge, event: Event | None) -> None:
        """Acknowledge what was done, or say why it was refused."""
        refusal = event if isinstance(event, ErrorEvent) else None
        if acknowledge:
            acknowledge(*([refusal.message] if refusal else []))
        elif refusal:
            self.send([self._refusal_packet(refusal)])

    @staticmethod
    def _refusal_packet(refusal: ErrorEvent) -> str:
        """Return the event of a refusal, without the id of a command that the page did not send."""
        return refusal_packet(refusal.model_copy(update={"id": None}))

    def send(self, packets: Iterable[str]) -> None:
        """Send packets to this page alone."""
        self.client.out.send_packets(list(packets))

    # How it comes in

    async def let_in(self, name: Any, room: Any) -> ErrorEvent | None:
        """Join a room under a name, or under one like it: these pages ask for a name once."""
        name = name if isinstance(name, str) and name.strip() else None
        refusal = None
        for _attempt in range(NAMES_TRIED):
            refusal = await self.join(name, room)
            if refusal and refusal.code == "name_taken":
                name = refusal.suggestion
            elif refusal and refusal.code == "name_invalid":
                self.send([self._refusal_packet(refusal)])
                name = None
            else:
                break
        return refusal

    async def join(self, name: str | None, room: Any, **resume) -> ErrorEvent | None:
        """Introduce the client and join a room, in place of the one before; return why not."""
        self.leave()
        refusal = await self.client.ask("hello", name=name)
        if refusal:
            return refusal
        room = room or self.client.room or self.connection.server.configuration.default_room
        return await self.client.ask("join", self._on_joined, room=room, **resume)

    def leave(self) -> None:
        """Leave its room."""
        for room_id in tuple(self.connection.rooms):
            self.connection.leave(room_id)
        self.room = None

    async def come_back(self, room: str) -> bool:
        """Join the room again that it was in before; return whether it could."""
        self._is_back = True
        return not await self.let_in(None, room)

    def _on_joined(self, joined: JoinedEvent) -> None:
        self.room = joined.room.slug
        self.begin(joined)
        self.send([*self.greetings(), *self.people(self.room_now()), self.place(self.room)])

    def begin(self, joined: JoinedEvent) -> None:
        """Start at the end of the log: no history is shown."""
        self.position.begin(joined.room.epoch, joined.room.seq)

    def greetings(self) -> list[str]:
        """Return what a page is sent when it has joined."""
        return [] if self._is_back else self.welcome()

    def welcome(self) -> list[str]:
        """Return what a page is sent when it has joined for the first time."""
        return []

    def room_now(self) -> RoomNow:
        """Return the room as it is."""
        return RoomNow(self.connection.server, self.room)

    @classmethod
    def place(cls, room: str) -> str:
        """Return the packet with which a page comes back."""
        return event_packet(PLACE, f"{cls.KEY} {room}")

    # What it is sent

    def own_packets(self, event: Event) -> list[str]:
        if isinstance(event, ErrorEvent):
            return [self._refusal_packet(event)]
        if isinstance(event, LeftEvent):
            self.room = None
        return self.missed(event) if isinstance(event, JoinedEvent) else []

    def missed(self, joined: JoinedEvent) -> list[str]:
        """Return the messages that a page has missed, where it was synchronised afresh."""
        messages = sorted(from_json(joined.encode())["messages"], key=lambda m: m["seq"])
        oldest = messages[0]["seq"] if joined.reset and messages else None
        room = joined.room
        if not self.position.resynchronise(room.epoch, room.seq, oldest):
            return []
        return self._shown(map(self.message_entry, messages))

    def encoded_packets(self, text: str) -> list[str]:
        return []

    def room_packets(self, frame: Frame) -> Packets:
        kind, server = type(self), self.connection.server
        made = frame.made(kind, partial(translate, kind, server))
        user = self.connection.user
        is_about_me = user is not None and user.id in made.people
        if made.run and not is_about_me and self.position.pass_run(*made.run):
            return made.packets
        return Packets(self._shown(made.entries))

    def _shown(self, entries: Iterable[Entry]) -> list[str]:
        return [e.packet for e in entries if self._is_shown(e) and e.packet]

    def _is_shown(self, entry: Entry) -> bool:
        user = self.connection.user
        is_mine = user is not None and entry.about == user.id
        if entry.seq is None:
            return not is_mine
        is_own = is_mine and entry.id.startswith(self._own_ids)
        return self.position.is_new(entry.seq) and (self.ECHOES or not is_own)

    # The words

    @classmethod
    def message_entry(cls, message: dict) -> Entry:
        """Return the entry of a message."""
        packet = None if message["deleted"] else cls.message(message)
        return Entry(packet, message["author"]["id"], message["seq"], message["id"])

    @classmethod
    def message(cls, message: dict) -> str:
        """Return the packet of a message."""
        raise NotImplementedError

    @classmethod
    def arrived(cls, name: str) -> str | None:
        """Return the packet that says that somebody came."""
        return None

    @classmethod
    def left(cls, name: str) -> str | None:
        """Return the packet that says that somebody went."""
        return None

    @classmethod
    def people(cls, room: RoomNow) -> list[str]:
        """Return the packets that say who is there."""
        return []


def translate(kind: type[Page], server: ChatServer, events: tuple[str, ...]) -> Translation:
    """Return a room's events in the words of a vocabulary."""
    entries: list[Entry] = []
    for event in map(from_json, events):
        if event["type"] == "message":
            entries.append(kind.message_entry(event["message"]))
        elif event["type"] == "presence":
            entries += _presence_entries(kind, server, event)
    return Translation(entries)


def _presence_entries(kind: type[Page], server: ChatServer, event: dict) -> list[Entry]:
    entries = [Entry(kind.arrived(user["name"]), user["id"]) for user in event["joined"]]
    entries += [Entry(kind.left(user["name"]), user["id"]) for user in event["left"]]
    entries += map(Entry, kind.people(RoomNow(server, event["room"])))
    if kind.NAMES_LAST:
        entries.append(Entry(kind.place(event["room"])))
    return entries


def _unknown(event: str) -> ChatError:
    message = _("A page that began as this one has no event “%(event)s”. Connect again for others.")
    return ChatError("bad_request", message % {"event": event[:MAX_EVENT_SHOWN]})
