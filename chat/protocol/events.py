"""The events that the server sends, and the frames that carry them."""

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field

from chat.protocol.objects import (
    Epoch,
    Limits,
    Message,
    Mine,
    Moment,
    Present,
    Room,
    RoomSlug,
    Seq,
    Site,
    User,
    Version,
    optional,
)
from chat.protocol.sources import MessageLike
from chat.rules.errors import ChatError

HEARTBEAT = 25

T = TypeVar("T")

Reset = Annotated[
    bool, Field(description="Discard what is known of the room; take `messages` instead.")
]
More = Annotated[bool, Field(description="Whether older messages exist.")]
Newer = Annotated[bool, Field(description="Whether newer messages exist.")]
Code = Annotated[str, Field(json_schema_extra={"enum": list(ChatError.STATUS)})]
Refs = Annotated[
    dict[int, Message] | None,
    Field(description="What the messages reply to, by seq, as far as it is not among them."),
]


def refs_of(messages: Collection[MessageLike]) -> Refs:
    """Return what some messages reply to; None where that is nothing, or all among them."""
    replies = [m for m in messages if m.original is not None and not m.is_deleted]
    if not replies:
        return None
    here = {message.seq for message in messages}
    originals = [reply.original for reply in replies if reply.reply_to not in here]
    return {original.seq: Message.of(original) for original in originals} or None


class Event(BaseModel):
    """An event from the server; the reply to a command has the command's `id`, if it had one."""

    id: str | None = optional()

    def encode(self) -> str:
        """Return the event as JSON."""
        # Half the time of model_dump_json, which first processes its many options.
        return self.__pydantic_serializer__.to_json(self).decode()


class WelcomeEvent(Event):
    """Accepts a `hello`: the client's user, and the site's limits and configuration."""

    type: Literal["welcome"] = "welcome"
    user: User
    token: str | None = optional(
        description="A guest's token: send it in a later `hello` to be the same guest."
    )
    heartbeat: int = Field(default=HEARTBEAT, description="Seconds between heartbeats.")
    limits: Limits
    site: Site


class JoinedEvent(Event):
    """The room at the moment of joining: its newest messages or, on a resume, those missed."""

    type: Literal["joined"] = "joined"
    room: Room
    reset: Reset
    messages: list[Message]
    more: More
    members: list[User] = Field(description="Up to 100, the joiner among them.")
    count: Present
    mine: Mine = optional()
    refs: Refs = optional()

    def changes(self) -> list["MessageEvent"]:
        """Return each message as the event that would have come for it."""
        known = (self.refs or {}) | {message.seq: message for message in self.messages}
        return [
            MessageEvent(
                room=self.room.slug,
                version=message.version,
                message=message,
                refs=None if message.deleted else _only(known, message.reply_to),
            )
            for message in self.messages
        ]


class LeftEvent(Event):
    """The client is no longer in the room."""

    type: Literal["left"] = "left"
    room: RoomSlug
    reason: Literal["removed", "banned", "deleted", "private", "password"] | None = optional(
        description="Why, where it was not the client's wish."
    )


class AckEvent(Event):
    """The message, or its change, is stored durably."""

    type: Literal["ack"] = "ack"
    room: RoomSlug
    seq: Seq
    version: Version
    at: Moment
    duplicate: bool = Field(
        default=False,
        exclude_if=lambda value: not value,
        description="It was stored before, or there was nothing to change; nothing was stored now.",
    )


class MessageEvent(Event):
    """A message was written or changed."""

    type: Literal["message"] = "message"
    room: RoomSlug
    version: Version
    message: Message
    refs: Refs = optional()

    @classmethod
    def of(cls, slug: str, message: MessageLike) -> "MessageEvent":
        event = cls(room=slug, version=message.version, message=Message.of(message))
        if message.original is not None:
            event.refs = refs_of([message])
        return event


def _only(messages: dict[int, Message], seq: int | None) -> Refs:
    return {seq: messages[seq]} if seq in messages else None


class PresenceEvent(Event):
    """People joined the room or left it."""

    type: Literal["presence"] = "presence"
    room: RoomSlug
    joined: list[User]
    left: list[User]
    count: Present


class RenamedEvent(Event):
    """Somebody who has written in the room has another name, on earlier messages too."""

    type: Literal["renamed"] = "renamed"
    room: RoomSlug
    user: User


class ReactedEvent(Event):
    """The receiver has reacted through another connection, to a message that does not name them."""

    type: Literal["reacted"] = "reacted"
    room: RoomSlug
    seq: Seq
    version: Version
    emoji: str
    on: bool = Field(description="Whether the emoji is there since that version.")


class TypingEvent(Event):
    """The users who are typing now, without the receiver; it expires after 5 s."""

    type: Literal["typing"] = "typing"
    room: RoomSlug
    users: list[User]


class SyncedEvent(Event):
    """The messages that changed after the version asked for."""

    type: Literal["synced"] = "synced"
    room: RoomSlug
    epoch: Epoch
    version: Version
    reset: Reset
    messages: list[Message]
    mine: Mine = optional()
    refs: Refs = optional()


class HistoryEvent(Event):
    """A page of messages, in ascending seq."""

    type: Literal["history"] = "history"
    room: RoomSlug
    messages: list[Message]
    more: More
    newer: Newer
    mine: Mine = optional()
    refs: Refs = optional()


class MessagesEvent(Event):
    """The messages that were asked for, in ascending seq: those that exist."""

    type: Literal["messages"] = "messages"
    room: RoomSlug
    messages: list[Message]
    mine: Mine = optional()


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
    """The versions of the joined rooms, sent with every heartbeat."""

    type: Literal["heads"] = "heads"
    rooms: dict[str, int] = Field(description="Versions by slug.")


class PongEvent(Event):
    """The reply to a `ping`."""

    type: Literal["pong"] = "pong"


class ErrorEvent(Event):
    """A refusal: of the command with this `id`, or of the connection."""

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
    """Encoded events for any number of connections, each representation made once for all.

    `text` is the JSON array. `packed` is the WebSocket frame with its bytes, kept by the first
    connection that writes it; `made` keeps what other transports encode instead.
    """

    __slots__ = ("_made", "events", "packed", "text")

    def __init__(self, events: Iterable[str]):
        self.events = tuple(events)
        self.text = f"[{','.join(self.events)}]"
        self.packed: bytes | None = None
        self._made: dict[Hashable, Any] | None = None

    def made(self, key: Hashable, make: Callable[[tuple[str, ...]], T]) -> T:
        """Return `make(events)`, computed once for each `key`."""
        if self._made is None:
            self._made = {}
        if key not in self._made:
            self._made[key] = make(self.events)
        return self._made[key]
