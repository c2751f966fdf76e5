"""Every kind of hint that the processes of one site send each other, as a type.

A hint may be lost, doubled, late or out of order; nothing depends on one arriving. It travels as
a dict with its version and its kind, so processes of two versions can run beside each other: what
one does not know, it drops.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol

from chat.protocol import MessageEvent
from chat.protocol.sources import MessageLike

# To be raised when a kind changes its fields.
VERSION = 1

SITE = "chat.site"


def room_group(room_id: int) -> str:
    """Return the group of the processes that follow a room."""
    return f"chat.room.{room_id}"


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint for every process of the site."""

    @property
    def group(self) -> str:
        """The group of the channel layer that it is sent to."""
        return SITE


@dataclass(frozen=True, slots=True)
class RoomHint(Hint):
    """A hint for the processes that follow a room."""

    room: int

    @property
    def group(self) -> str:
        return room_group(self.room)


# The log


class ChangedRoom(Protocol):
    """What a hint says of a room with its changes."""

    id: int
    slug: str
    epoch: str


@dataclass(frozen=True, slots=True)
class Changes(RoomHint):
    """Messages with the versions `first`, `first + 1`, … were written or changed; `texts` are
    their encoded events."""

    slug: str
    epoch: str
    first: int
    texts: list[str]

    @classmethod
    def of(cls, room: ChangedRoom, messages: Sequence[MessageLike]) -> "Changes":
        """Return the hint of changed messages of one room, in the order of their versions."""
        texts = [MessageEvent.of(room.slug, message).encode() for message in messages]
        return cls(room.id, room.slug, room.epoch, messages[0].version, texts)


@dataclass(frozen=True, slots=True)
class RoomChanged(RoomHint):
    """A room has another name, topic or address, was closed or opened, or is gone."""


@dataclass(frozen=True, slots=True)
class RoomLeft(RoomHint):
    """Somebody does not belong to a room any more, by their own wish."""

    person: str


# People and configuration


@dataclass(frozen=True, slots=True)
class ConfigurationChanged(Hint):
    """The site's configuration was saved."""


@dataclass(frozen=True, slots=True)
class PersonChanged(Hint):
    """Somebody has another name, was blocked, or their account or session changed."""

    person: str


@dataclass(frozen=True, slots=True)
class PersonRenamed(Hint):
    """Somebody has another name, which those who see their messages are to see."""

    person: str


@dataclass(frozen=True, slots=True)
class PersonEvents(Hint):
    """Encoded events for all connections of one person."""

    person: str
    texts: list[str]


@dataclass(frozen=True, slots=True)
class PeopleEvents(Hint):
    """Encoded events for all connections of some people."""

    people: list[str]
    texts: list[str]


@dataclass(frozen=True, slots=True)
class MembershipChanged(Hint):
    """Somebody's place in a room is another; without a person, perhaps everybody's."""

    room: int
    person: str | None = None


@dataclass(frozen=True, slots=True)
class HasRead(Hint):
    """Somebody has read a room up to a seq."""

    room: int
    person: str
    seq: int


# Presence


@dataclass(frozen=True, slots=True)
class Heartbeat(Hint):
    """The sender lives; for each of its rooms the id, a digest of who is there through it, and
    how many people it counts there in all."""

    rooms: list[tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class PresenceChanged(RoomHint):
    """People joined (or have another name) and left through the sender."""

    joined: list[dict]
    left: list[str]


@dataclass(frozen=True, slots=True)
class PresenceWanted(RoomHint):
    """The sender wants to know who is in a room through other processes, or through `whose`;
    `outside` says that it does not follow the room."""

    whose: str | None = None
    outside: bool = False

    @property
    def group(self) -> str:
        # Who does not follow the room says that nobody is there through it.
        return SITE


@dataclass(frozen=True, slots=True)
class PresenceList(RoomHint):
    """Everybody who is in a room through the sender; `outside` where one asked who does not follow
    it."""

    people: list[dict]
    outside: bool = False

    @property
    def group(self) -> str:
        return SITE if self.outside else room_group(self.room)


@dataclass(frozen=True, slots=True)
class PersonSought(Hint):
    """The sender wants to know whether somebody is connected to another process."""

    person: str


@dataclass(frozen=True, slots=True)
class PersonFound(Hint):
    """Somebody who was sought is connected to the sender."""

    person: str


@dataclass(frozen=True, slots=True)
class TypingNoted(RoomHint):
    """Somebody is typing in a room."""

    user: dict


# The failure detector


@dataclass(frozen=True, slots=True)
class Echo(Hint):
    """What a process sends itself, to notice when it receives nothing any more."""

    channel: str | None


KINDS: dict[str, type[Hint]] = {
    kind.__name__: kind
    for kind in (
        *(Changes, RoomChanged, RoomLeft, ConfigurationChanged),
        *(PersonChanged, PersonRenamed, PersonEvents),
        *(PeopleEvents, MembershipChanged, HasRead),
        *(Heartbeat, PresenceChanged, PresenceWanted, PresenceList, PersonSought, PersonFound),
        *(TypingNoted, Echo),
    )
}
FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in KINDS.values()}


def encode(hint: Hint, sender: str | None = None) -> dict:
    """Return a hint as it travels; `sender` is the incarnation of the process that sends it."""
    kind = type(hint)
    values = {name: getattr(hint, name) for name in FIELDS[kind]}
    return {"v": VERSION, "kind": kind.__name__, "sender": sender, **values}


def decode(data: dict) -> Hint | None:
    """Return the hint that travelled as `data`; None for another version or an unknown kind."""
    kind = KINDS.get(data.get("kind"))
    if kind is None or data.get("v") != VERSION:
        return None
    return kind(**{name: data[name] for name in FIELDS[kind]})
