"""The wire: every command and event as a type. Nothing else in the server knows their shape.

The contract in words is docs/protocol.md.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from chat import models
from chat.errors import ChatError
from chat.names import MAX_NAME

MAX_FRAME = 64 * 1024
HEARTBEAT = 25
MAX_PAGE = 100
PAGE = 50
MAX_CHANGES = 500
MAX_MEMBERS = 100

CommandId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Slug = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class Command(BaseModel):
    """Something a client asks; `id` comes back with the direct answer."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    id: CommandId | None = None


class Hello(Command):
    type: Literal["hello"]
    name: str | None = None
    token: str | None = None


class Join(Command):
    type: Literal["join"]
    room: Slug
    after: Count | None = None
    epoch: str | None = None
    password: str | None = None


class Leave(Command):
    type: Literal["leave"]
    room: Slug


class Send(Command):
    type: Literal["send"]
    id: CommandId
    room: Slug
    body: str


class Sync(Command):
    type: Literal["sync"]
    room: Slug
    after: Count
    epoch: str


class History(Command):
    type: Literal["history"]
    room: Slug
    before: Count
    limit: int = Field(default=PAGE, ge=1, le=MAX_PAGE)


class Typing(Command):
    type: Literal["typing"]
    room: Slug


class Received(Command):
    type: Literal["received"]
    room: Slug
    version: Count


class Ping(Command):
    type: Literal["ping"]


COMMANDS = (Hello, Join, Leave, Send, Sync, History, Typing, Received, Ping)

_commands = TypeAdapter(
    Annotated[
        Hello | Join | Leave | Send | Sync | History | Typing | Received | Ping,
        Field(discriminator="type"),
    ]
)


class Malformed(ChatError):
    """A frame that is no command; `id` is what it called itself, where that could be read."""

    def __init__(self, message: str, id: str | None = None):
        super().__init__("bad_request", message)
        self.id = id


def parse_command(text: str) -> Command:
    """Read one frame as a command.

    Raises Malformed for anything else. The parser is pydantic's, in Rust: it bounds nesting and
    integers and refuses lone surrogates, where `json.loads` raises errors of its own.
    """
    try:
        return _commands.validate_json(text)
    except ValidationError as error:
        raise Malformed(_explain(error), _readable_id(text)) from None


def _explain(error: ValidationError) -> str:
    """Say in one sentence what is wrong with a frame, without repeating what was in it."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind, where = first["type"], ".".join(str(part) for part in first["loc"][1:])
    if kind == "json_invalid":
        return "This is not JSON: send one object with a type."
    if kind.startswith("union_tag") or not where:
        known = ", ".join(command.model_fields["type"].annotation.__args__[0] for command in COMMANDS)
        return f"A command is an object whose type is one of: {known}."
    if kind == "extra_forbidden":
        return f"This command has no field {where[:64]!r}: leave it out."
    return f"The field {where!r} is not right: {first['msg'].rstrip('.').lower()}."


def _readable_id(text: str) -> str | None:
    """Find the id of a malformed command, so that its sender can tell which it was."""
    try:
        value = from_json(text)
    except ValueError:
        return None
    claimed = value.get("id") if isinstance(value, dict) else None
    try:
        return Command(id=claimed).id
    except ValidationError:
        return None


def optional(**kwargs):
    """A field that is left out of the event when it has nothing to say."""
    return Field(default=None, exclude_if=lambda value: value is None, **kwargs)


class User(BaseModel):
    id: str
    name: str
    kind: Literal["guest", "member", "bot"]

    @classmethod
    def of(cls, person: models.Person) -> "User":
        return cls.model_construct(id=person.public_id, name=person.name, kind=str(person.kind))


class Room(BaseModel):
    slug: str
    name: str
    topic: str
    closed: bool
    epoch: str
    version: int
    seq: int

    @classmethod
    def of(cls, room: models.Room) -> "Room":
        return cls.model_construct(
            slug=room.slug,
            name=room.name,
            topic=room.topic,
            closed=room.closed,
            epoch=room.epoch,
            version=room.version,
            seq=room.last_seq,
        )


class Message(BaseModel):
    seq: int
    version: int
    id: str
    author: User
    body: str
    at: datetime
    edited_at: datetime | None
    deleted: bool

    @classmethod
    def of(cls, message: models.Message) -> "Message":
        """Give a row as everybody may see it: of a deleted message only that it was there."""
        return cls.model_construct(
            seq=message.seq,
            version=message.version,
            id=message.client_id,
            author=User.of(message.author),
            body="" if message.is_deleted else message.body,
            at=message.created_at,
            edited_at=message.edited_at,
            deleted=message.is_deleted,
        )


class Site(BaseModel):
    name: str
    welcome: str
    guests_may_write: bool

    @classmethod
    def of(cls, configuration: models.Configuration) -> "Site":
        return cls(
            name=configuration.site_name,
            welcome=configuration.welcome,
            guests_may_write=configuration.guests_may_write,
        )


class Limits(BaseModel):
    body: int
    name: int = MAX_NAME
    frame: int = MAX_FRAME

    @classmethod
    def of(cls, configuration: models.Configuration) -> "Limits":
        return cls(body=configuration.max_body)


class Event(BaseModel):
    """Something the server tells; `id` is there in the direct answer to a command with one."""

    id: str | None = optional()

    def encode(self) -> str:
        """Give the event as JSON."""
        return self.model_dump_json()


class WelcomeEvent(Event):
    type: Literal["welcome"] = "welcome"
    user: User
    token: str | None = optional()
    heartbeat: int = HEARTBEAT
    limits: Limits
    site: Site


class JoinedEvent(Event):
    type: Literal["joined"] = "joined"
    room: Room
    reset: bool
    messages: list[Message]
    more: bool
    members: list[User]
    count: int


class LeftEvent(Event):
    type: Literal["left"] = "left"
    room: str


class AckEvent(Event):
    type: Literal["ack"] = "ack"
    room: str
    seq: int
    version: int
    at: datetime
    duplicate: bool = Field(default=False, exclude_if=lambda value: not value)


class MessageEvent(Event):
    type: Literal["message"] = "message"
    room: str
    version: int
    message: Message

    @classmethod
    def of(cls, slug: str, message: models.Message) -> "MessageEvent":
        return cls.model_construct(
            room=slug, version=message.version, message=Message.of(message)
        )


class PresenceEvent(Event):
    type: Literal["presence"] = "presence"
    room: str
    joined: list[User]
    left: list[User]
    count: int


class TypingEvent(Event):
    type: Literal["typing"] = "typing"
    room: str
    users: list[User]


class SyncedEvent(Event):
    type: Literal["synced"] = "synced"
    room: str
    epoch: str
    version: int
    reset: bool
    messages: list[Message]


class HistoryEvent(Event):
    type: Literal["history"] = "history"
    room: str
    messages: list[Message]
    more: bool


class RoomEvent(Event):
    type: Literal["room"] = "room"
    room: Room
    was: str | None = optional(description="The room's address until now, when that changed.")


class SiteEvent(Event):
    type: Literal["site"] = "site"
    site: Site
    limits: Limits


class HeadsEvent(Event):
    type: Literal["heads"] = "heads"
    rooms: dict[str, int]


class PongEvent(Event):
    type: Literal["pong"] = "pong"


class ErrorEvent(Event):
    type: Literal["error"] = "error"
    code: str
    message: str
    retry_after: float | None = optional(description="Seconds.")
    suggestion: str | None = optional(description="A free name, with name_taken.")

    @classmethod
    def of(cls, error: ChatError, id: str | None = None) -> "ErrorEvent":
        return cls(
            id=id,
            code=error.code,
            message=error.message,
            retry_after=error.retry_after,
            suggestion=error.suggestion,
        )


def frame(events: Iterable[str]) -> str:
    """Give encoded events as one frame."""
    return f"[{','.join(events)}]"
