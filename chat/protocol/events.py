"""What the server tells."""

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, Field

from chat import models
from chat.errors import ChatError
from chat.protocol.objects import Limits, Message, Room, Site, User

HEARTBEAT = 25

T = TypeVar("T")


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
        return cls(room=slug, version=message.version, message=Message.of(message))


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
