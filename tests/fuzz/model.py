"""The protocol as a model in plain data: the reply to each command, and the state of each room.

It is written from docs/protocol.md, independently of the server.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field

MAX_CHANGES = 500
PAGE = 50
# Fewer than on a site (20 each), so that a story comes to them.
MAX_EMOJI = 3
NAMED = 1


@dataclass
class Settings:
    """What an admin decides; a process has them as of its last poll."""

    max_body: int = 20
    guests_may_write: bool = True
    joining_creates_rooms: bool = True


@dataclass
class Person:
    name: str
    is_guest: bool = True
    session: str | None = None
    token: str | None = None
    id: str | None = None
    blocked: bool = False
    was_blocked: bool = False
    was_banned: bool = False
    names: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.names = {self.name}

    def renamed(self, name: str) -> None:
        """Change the name."""
        self.name = name
        self.names.add(name)


@dataclass
class Meant:
    """Whom a message means: people by their ids, each with the name of then, and everybody.

    `chosen` are those that the client named by their ids, None where it named nobody so; `alone`
    is whether nobody else is meant.
    """

    people: dict[str, str] = field(default_factory=dict)
    everybody: str | None = None
    chosen: set[str] | None = None
    alone: bool = False

    def is_said_by(self, other: "Meant") -> bool:
        """Whether an edit that says this means nobody but those whom `other` means already."""
        if self.chosen is None:
            return True
        return self.chosen == set(other.people) if self.alone else self.chosen <= set(other.people)


@dataclass
class Message:
    """A message as everybody sees it, and the version that its ack had."""

    seq: int
    version: int
    first_version: int
    at: str
    id: str
    author: str
    body: str
    deleted: bool = False
    deletions: int = 0
    reply_to: int | None = None
    meant: Meant = field(default_factory=Meant)
    former: list[str] = field(default_factory=list)
    # The message's version when each of them was replaced.
    former_until: list[int] = field(default_factory=list)
    # The ids of those who reacted, by emoji, both in the order of reacting.
    reactions: dict[str, list[str]] = field(default_factory=dict)

    @property
    def bodies(self) -> list[str]:
        """All texts that it had, in order."""
        return [*self.former, self.body]

    def replaced_since(self, base: int | None) -> list[str]:
        """Return the former texts of a version and of later ones, in order."""
        versions = zip(self.former, self.former_until, strict=True)
        return [] if base is None else [body for body, version in versions if version >= base]

    def is_edited_to(self, body: str, base: int | None, meant: Meant) -> bool:
        """Whether an edit has nothing to change, or was made before."""
        is_same = self.body == body and meant.is_said_by(self.meant)
        return is_same or self.replaced_since(base)[1:2] == [body]

    @property
    def shown(self) -> dict:
        rest = {} if self.reply_to is None else {"reply_to": self.reply_to}
        if self.meant.people and not self.deleted:
            rest["mentions"] = list(self.meant.people)
        if self.meant.everybody and not self.deleted:
            rest["mentions_all"] = self.meant.everybody
        return rest | {
            "seq": self.seq,
            "version": self.version,
            "id": self.id,
            "author": self.author,
            "body": "" if self.deleted else self.body,
            "at": self.at,
            "edited": bool(self.former),
            "deleted": self.deleted,
            "reactions": [
                {"emoji": emoji, "count": len(ids), "by": ids[:NAMED]}
                for emoji, ids in self.reactions.items()
            ],
        }

    def unnamed(self, person: str) -> list[str]:
        """Return the reactions of a person whom the message does not name."""
        return [emoji for emoji, ids in self.reactions.items() if person in ids[NAMED:]]


def shown(message: dict) -> dict:
    """Return a message from an event, in the form of `Message.shown`."""
    rest = {name: value for name, value in message.items() if name != "edited_at"}
    reactions = {"reactions": message.get("reactions", [])}
    edited = {"edited": message["edited_at"] is not None}
    if "mentions" in rest:
        rest["mentions"] = [person["id"] for person in rest["mentions"]]
    return rest | reactions | edited | {"author": message["author"]["id"]}


@dataclass
class Room:
    slug: str
    pk: int
    epoch: str
    topic: str = ""
    closed: bool = False
    version: int = 0
    messages: list[Message] = field(default_factory=list)
    # The member who made it, and the ids of those who may not come in.
    owner: str | None = None
    banned: set[str] = field(default_factory=set)

    def find(self, author: str, id: str) -> Message | None:
        return next((m for m in self.messages if (m.author, m.id) == (author, id)), None)

    def add(self, author: str, id: str, body: str, at: str, reply_to: int | None = None) -> Message:
        """Commit a message."""
        self.version += 1
        seq = len(self.messages) + 1
        message = Message(seq, self.version, self.version, at, id, author, body)
        message.reply_to = reply_to
        self.messages.append(message)
        return message

    def content_of(self, messages: list[Message], **more) -> dict:
        """Return messages as an event has them, with those that they reply to."""
        here = {message.seq for message in messages}
        replies = [m for m in messages if m.reply_to is not None and not m.deleted]
        refs = {m.reply_to: self.at(m.reply_to).shown for m in replies if m.reply_to not in here}
        return more | {"messages": [m.shown for m in messages]} | ({"refs": refs} if refs else {})

    def set_deleted(self, message: Message, deleted: bool) -> bool:
        """Delete or restore a message; return whether that changed anything."""
        if message.deleted == deleted:
            return False
        self.version += 1
        message.version, message.deleted = self.version, deleted
        message.deletions += deleted
        message.reactions.clear()
        return True

    def react(self, message: Message, person: str, emoji: str, on: bool) -> bool:
        """Put a person's emoji under a message or take it back; return whether that changed
        anything."""
        people = message.reactions.get(emoji, [])
        if on == (person in people):
            return False
        if on:
            message.reactions.setdefault(emoji, []).append(person)
        else:
            people.remove(person)
        if not message.reactions[emoji]:
            del message.reactions[emoji]
        self.version += 1
        message.version = self.version
        return True

    def mine(self, person: str, messages: Iterable[dict]) -> dict[str, list[str]]:
        """Return what is beside messages of an event for a person: `mine`."""
        unnamed = {m["seq"]: self.at(m["seq"]).unnamed(person) for m in messages}
        return {str(seq): emoji for seq, emoji in unnamed.items() if emoji}

    def edit(self, message: Message, body: str, base: int | None, meant: Meant) -> bool:
        """Change a message's text, and whom it means; return whether that changed anything."""
        if message.is_edited_to(body, base, meant):
            return False
        self.version += 1
        message.former.append(message.body)
        message.former_until.append(message.version)
        message.version, message.body, message.meant = self.version, body, meant
        return True

    def at(self, seq: int) -> Message | None:
        return self.messages[seq - 1] if 1 <= seq <= len(self.messages) else None

    def since(self, after: int | None, epoch: str | None) -> dict:
        """Return what `joined` and `synced` contain for a client at `after` of `epoch`."""
        changed = [m for m in self.messages if after is not None and m.version > after]
        if after is None or epoch != self.epoch or after > self.version:
            return self._fresh()
        if len(changed) > MAX_CHANGES:
            return self._fresh()
        oldest = min((m.seq for m in changed), default=len(self.messages) + 1)
        ordered = sorted(changed, key=lambda m: m.version)
        return self.content_of(ordered, reset=False, more=oldest > 1)

    def _fresh(self) -> dict:
        newest = self.page("before", len(self.messages) + 1, PAGE)
        del newest["newer"]
        return newest | {"reset": True}

    def page(self, place: str, seq: int, limit: int) -> dict:
        """Return what `history` contains before, after or around a seq."""
        if place == "before":
            held = [m for m in self.messages if m.seq < seq][-limit:]
        elif place == "after":
            held = [m for m in self.messages if m.seq > seq][:limit]
        else:
            begin = max(min(seq - limit // 2 - 1, len(self.messages) - limit), 0)
            held = self.messages[begin : begin + limit]
        first = held[0].seq if held else seq + (place == "after")
        last = held[-1].seq if held else first - 1
        return self.content_of(
            held,
            more=any(m.seq < first for m in self.messages),
            newer=any(m.seq > last for m in self.messages),
        )

    def set_back(self, before: "Room") -> None:
        """Return to an earlier state, as from a backup of the messages; who is banned stays so."""
        kept = {"owner": self.owner, "banned": self.banned}
        vars(self).update(vars(deepcopy(before)) | kept)

    @property
    def shown(self) -> dict:
        return {
            "slug": self.slug,
            "topic": self.topic,
            "closed": self.closed,
            "epoch": self.epoch,
            "version": self.version,
            "seq": len(self.messages),
        }


class Site:
    """All rooms and people; `settings` are those in the database."""

    def __init__(self, people: Iterable[Person]):
        self.people = list(people)
        self.rooms: dict[str, Room] = {}
        self.settings = Settings()

    @property
    def names(self) -> dict[str, str]:
        """The id of the person who has or had each name."""
        return {name: person.id for person in self.people for name in person.names}

    def meant_by(
        self, body: str, room: Room, ids: list[str] | None = None, by_name: bool = True
    ) -> Meant:
        """Return whom a text means: the people with some ids whom all in the room know, and those
        with an account whose names stand in it outside code."""
        people = {p.id: p for p in self.people if p.id and not p.blocked}
        authors = {message.author for message in room.messages}
        known = [i for i in ids or () if i in people and (not people[i].is_guest or i in authors)]
        words = re.sub("`.*?`", "", body).lower()
        named = [p.id for p in people.values() if not p.is_guest and f"@{p.name.lower()}" in words]
        meant = {i: people[i].name for i in (*known, *(named if by_name else ()))}
        everybody = "here" if "@here" in words else None
        return Meant(meant, everybody, None if ids is None else set(known), not by_name)

    def room_for(self, person: Person, slug: str) -> Room | None:
        """Return the room at an address; None where there is none that a person may read."""
        room = self.rooms.get(slug)
        return None if room is None or person.id in room.banned else room

    def refusal_of_send(
        self,
        person: Person,
        room: Room,
        id: str,
        body: str,
        known: Settings,
        reply_to: int | None = None,
    ) -> str | None:
        """Return the code that a `send` is refused with; None if it is acknowledged.

        `known` are the settings as of the last poll of the process.
        """
        if not body.strip() or "\0" in body:
            return "bad_request"
        if first := room.find(person.id, id):
            is_same = (first.bodies[0], first.reply_to) == (body, reply_to)
            return None if is_same else "conflict"
        if len(body) > known.max_body:
            return "too_long"
        if not self._may_write(person, room):
            return "forbidden"
        return None if reply_to is None or room.at(reply_to) else "not_found"

    def refusal_of_edit(
        self,
        person: Person,
        room: Room,
        seq: int,
        body: str,
        base: int | None,
        known: Settings,
        meant: Meant,
    ) -> str | None:
        """Return the code that an `edit` is refused with; None if it is acknowledged."""
        if not body.strip() or "\0" in body:
            return "bad_request"
        message = room.at(seq)
        if message is None or message.author != person.id:
            return "forbidden" if message else "not_found"
        if message.deleted:
            return "bad_request"
        if message.is_edited_to(body, base, meant):
            return None
        if len(body) > known.max_body:
            return "too_long"
        if not self._may_write(person, room):
            return "forbidden"
        is_known = base is None or message.first_version <= base <= message.version
        return None if is_known and not message.replaced_since(base) else "conflict"

    def refusal_of_deletion(self, person: Person, room: Room, seq: int) -> str | None:
        """Return the code that a `delete` is refused with; None if it is acknowledged."""
        message = room.at(seq)
        if message is None:
            return "not_found"
        if message.author != person.id:
            moderates = room.owner == person.id and not person.blocked
            return None if moderates else "forbidden"
        return None if message.deleted or self._may_write(person, room) else "forbidden"

    def refusal_of_reaction(
        self, person: Person, room: Room, seq: int, emoji: str, on: bool
    ) -> str | None:
        """Return the code that a `react` is refused with; None if it is acknowledged."""
        if emoji == "x":
            return "bad_request"
        message = room.at(seq)
        if message is None or message.deleted:
            return "bad_request" if message else "not_found"
        if on and person.id in message.reactions.get(emoji, ()):
            return None
        if not self._may_write(person, room):
            return "forbidden"
        is_new = on and emoji not in message.reactions
        return "bad_request" if is_new and len(message.reactions) >= MAX_EMOJI else None

    def _may_write(self, person: Person, room: Room) -> bool:
        writes = not person.is_guest or self.settings.guests_may_write
        return writes and not person.blocked and not room.closed

    @staticmethod
    def may_create(person: Person, known: Settings) -> bool:
        """Whether joining an unknown room creates it."""
        may_write = not person.is_guest or known.guests_may_write
        return known.joining_creates_rooms and may_write
