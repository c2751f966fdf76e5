"""What the server tells."""

from collections.abc import Callable, Hashable, Iterable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field

from chat import models
from chat.protocol.objects import (
    Epoch,
    Limits,
    Message,
    Moment,
    Present,
    Room,
    RoomSlug,
    Seq,
    Site,
    User,
    Version,
)
from chat.rules.errors import ChatError

HEARTBEAT = 25

T = TypeVar("T")

Reset = Annotated[
    bool, Field(description="Drop what is held of the room; take `messages` instead.")
]
More = Annotated[bool, Field(description="Whether older messages exist.")]
Code = Annotated[str, Field(json_schema_extra={"enum": list(ChatError.STATUS)})]


def optional(**kwargs):
    """A field that is left out of the event when it has nothing to say."""
    return Field(default=None, exclude_if=lambda value: value is None, **kwargs)


class Event(BaseModel):
    """Something the server tells; `id` is there in the direct answer to a command with one."""

    id: str | None = optional()

    def encode(self) -> str:
        """Give the event as JSON."""
        # Half the time of model_dump_json, which first looks at its many options.
        return self.__pydantic_serializer__.to_json(self).decode()


class WelcomeEvent(Event):
    """Who one is, and what holds here."""

    type: Literal["welcome"] = "welcome"
    user: User
    token: str | None = optional(description="A guest's: present it to be the same guest.")
    heartbeat: int = Field(default=HEARTBEAT, description="Seconds.")
    limits: Limits
    site: Site


class JoinedEvent(Event):
    """The room as one comes in: its newest messages or, on a resume, what was missed."""

    type: Literal["joined"] = "joined"
    room: Room
    reset: Reset
    messages: list[Message]
    more: More
    members: list[User] = Field(description="Up to 100, the joiner among them.")
    count: Present


class LeftEvent(Event):
    """One is no longer in the room."""

    type: Literal["left"] = "left"
    room: RoomSlug


class AckEvent(Event):
    """The message is stored, for good."""

    type: Literal["ack"] = "ack"
    room: RoomSlug
    seq: Seq
    version: Version
    at: Moment
    duplicate: bool = Field(
        default=False,
        exclude_if=lambda value: not value,
        description="The same `id` was stored before, and nothing was stored now.",
    )


class MessageEvent(Event):
    """A message was written or changed."""

    type: Literal["message"] = "message"
    room: RoomSlug
    version: Version
    message: Message

    @classmethod
    def of(cls, slug: str, message: models.Message) -> "MessageEvent":
        return cls(room=slug, version=message.version, message=Message.of(message))


class PresenceEvent(Event):
    """People came into the room or left it."""

    type: Literal["presence"] = "presence"
    room: RoomSlug
    joined: list[User]
    left: list[User]
    count: Present


class TypingEvent(Event):
    """Who is typing now, without the reader; forget it after 5 s."""

    type: Literal["typing"] = "typing"
    room: RoomSlug
    users: list[User]


class SyncedEvent(Event):
    """What changed after the version asked for."""

    type: Literal["synced"] = "synced"
    room: RoomSlug
    epoch: Epoch
    version: Version
    reset: Reset
    messages: list[Message]


class HistoryEvent(Event):
    """A page of messages, in ascending seq."""

    type: Literal["history"] = "history"
    room: RoomSlug
    messages: list[Message]
    more: More


class RoomEvent(Event):
    """The room's name, topic or settings changed."""

    type: Literal["room"] = "room"
    room: Room
    was: str | None = optional(description="The room's address until now, when that changed.")


class SiteEvent(Event):
    """The configuration of the site changed."""

    type: Literal["site"] = "site"
    site: Site
    limits: Limits


class HeadsEvent(Event):
    """Where the joined rooms are, with every heartbeat."""

    type: Literal["heads"] = "heads"
    rooms: dict[str, int] = Field(description="Versions by slug.")


class PongEvent(Event):
    """A sign of life."""

    type: Literal["pong"] = "pong"


class ErrorEvent(Event):
    """What was refused, and why."""

    type: Literal["error"] = "error"
    code: Code
    message: str = Field(description="One sentence for a person.")
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


class Frame:
    """Encoded events on their way, to one reader or to a thousand.

    `packed` is what a door made of the text for its line, kept for the next reader; `made` keeps
    what doors make of the events one by one.
    """

    __slots__ = ("_made", "events", "packed", "text")

    def __init__(self, events: Iterable[str]):
        self.events = tuple(events)
        self.text = f"[{','.join(self.events)}]"
        self.packed: bytes | None = None
        self._made: dict[Hashable, Any] | None = None

    def made(self, what: Hashable, make: Callable[[tuple[str, ...]], T]) -> T:
        """Give what `make` makes of the encoded events, the same for all who ask for `what`."""
        if self._made is None:
            self._made = {}
        if what not in self._made:
            self._made[what] = make(self.events)
        return self._made[what]
