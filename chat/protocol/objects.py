"""The objects in events: users, rooms, messages, the site and its limits."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from operator import is_
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter

from chat.protocol.sources import (
    MembershipLike,
    MentionedLike,
    MessageLike,
    PersonLike,
    RoomLike,
    SiteLike,
)
from chat.rules.names import MAX_NAME

MAX_FRAME = 64 * 1024

# Field types with the descriptions that the OpenAPI and AsyncAPI documents publish. They validate
# nothing.
RoomSlug = Annotated[str, Field(description="A room's address.")]
Epoch = Annotated[str, Field(description="The life of a room's log: opaque.")]
Version = Annotated[int, Field(description="Grows by one with each change in a room.")]
Seq = Annotated[int, Field(description="1, 2, 3 … in a room, without gaps.")]
Moment = Annotated[datetime, Field(description="RFC 3339, in UTC.")]
Mine = Annotated[
    dict[int, list[str]] | None,
    Field(description="The reader's own reactions that the messages do not name, by seq."),
]
Format = Literal["plain"]
Right = Literal["invite", "moderate", "manage"]
Present = Annotated[int, Field(description="How many people are in the room.")]


# Without a frame of Python: it is called for each such field of each message.
is_none = partial(is_, None)


def optional(**kwargs):
    """Return a field that is left out while it is None."""
    return Field(default=None, exclude_if=is_none, **kwargs)


class User(BaseModel):
    """A person: a guest, a member or a bot."""

    id: str = Field(description="Opaque; the same in every room.")
    name: str
    kind: Literal["guest", "member", "bot"]

    @classmethod
    def of(cls, person: PersonLike) -> "User":
        return cls(id=person.public_id, name=person.name, kind=str(person.kind))


class Mention(User):
    """Somebody whom a message means, as they are now."""

    was: str | None = optional(description="Their name in the text, where it was another.")

    @classmethod
    def of(cls, person: MentionedLike) -> "Mention":
        was = {"was": person.was} if person.was else {}
        return cls(id=person.public_id, name=person.name, kind=str(person.kind), **was)


class Membership(BaseModel):
    """Somebody's place in a room; sent to that person alone."""

    role: Literal["owner", "moderator", "member", "reader"]
    last_read: int = Field(description="The seq up to which they have read.")
    level: Literal["everything", "mentions", "nothing"] = Field(
        description="What they want to hear of."
    )
    hidden: bool | None = optional(description="Whether it is not in their list.")
    may: list[Right] | None = optional(
        description="What they may do there besides reading and writing."
    )

    @classmethod
    def of(cls, membership: MembershipLike, may: Sequence[str]) -> "Membership":
        return cls(
            role=str(membership.role),
            last_read=membership.last_read,
            level=str(membership.level),
            hidden=membership.hidden or None,
            may=list(may) or None,
        )


class Room(BaseModel):
    """A room as it is now."""

    id: str | None = optional(
        description="Opaque, and never another; commands and addresses take it for the slug."
    )
    slug: RoomSlug
    name: str
    topic: str
    kind: Literal["public", "private", "direct"]
    closed: bool = Field(description="Whether it can only be read.")
    has_password: bool | None = optional(description="Whether it asks for a password, once.")
    epoch: Epoch
    version: Version
    seq: int = Field(description="That of the newest message; 0 where there is none.")
    my: Membership | None = optional(description="The reader's own, in what is sent to them alone.")

    @classmethod
    def of(
        cls, room: RoomLike, membership: MembershipLike | None = None, may: Sequence[str] = ()
    ) -> "Room":
        """Return a room; with a membership, and what it allows, as its member alone is sent it."""
        return cls(
            id=room.public_id,
            my=Membership.of(membership, may) if membership else None,
            slug=room.slug,
            name=room.name,
            topic=room.topic,
            kind=str(room.kind),
            closed=room.closed,
            has_password=bool(room.password) or None,
            epoch=room.epoch,
            version=room.version,
            seq=room.last_seq,
        )


class Reaction(BaseModel):
    """How many people have put an emoji under a message, and who was first."""

    emoji: str = Field(examples=["👍"])
    count: int
    by: list[str] = Field(description="The ids of the first 20, in the order of reacting.")


_reactions = TypeAdapter(list[Reaction])


def read_reactions(text: str | None) -> list[Reaction]:
    """Return the reactions that were stored as JSON."""
    return _reactions.validate_json(text) if text else []


def write_reactions(reactions: list[Reaction]) -> str | None:
    """Return reactions as JSON, None where there are none."""
    return _reactions.dump_json(reactions).decode() if reactions else None


class Message(BaseModel):
    """A message as it is now."""

    seq: Seq
    version: int = Field(description="The room's version at the message's last change.")
    id: str = Field(description="The `id` that its sender gave it.")
    author: User
    body: str = Field(description="What was typed; empty where `deleted`.")
    at: Moment
    edited_at: Moment | None
    deleted: bool
    reactions: list[Reaction] | None = optional(description="In the order of the first of each.")
    reply_to: int | None = optional(description="The seq of the message that it replies to.")
    format: Format | None = optional(description="`plain`: to be shown as it is, without marks.")
    mentions: list[Mention] | None = optional(description="Who is meant.")
    mentions_all: Literal["here", "room"] | None = optional(
        description="Everybody who is here, or in the room, is meant."
    )

    @classmethod
    def of(cls, message: MessageLike) -> "Message":
        """Return a message as everybody may see it: of a deleted one, what it does not say."""
        return cls(
            seq=message.seq,
            version=message.version,
            id=message.client_id,
            author=User.of(message.author),
            body="" if message.is_deleted else message.body,
            at=message.created_at,
            edited_at=message.edited_at,
            deleted=message.is_deleted,
            **_optional_fields(message),
        )


def _optional_fields(message: MessageLike) -> dict[str, Any]:
    """Return what most messages do not have, without None for each: that cost 1 us a message."""
    found: dict[str, Any] = {}
    if message.reply_to is not None:
        found["reply_to"] = message.reply_to
    if message.format:
        found["format"] = message.format
    if message.is_deleted:
        return found
    if message.reactions:
        found["reactions"] = read_reactions(message.reactions) or None
    if message.mentioned:
        found["mentions"] = [Mention.of(person) for person in message.mentioned]
    if message.mentions_all:
        found["mentions_all"] = message.mentions_all
    return found


class Site(BaseModel):
    """The site's configuration, as far as clients need it."""

    name: str
    welcome: str = Field(description="The line of welcome on the first page.")
    guests_may_write: bool

    @classmethod
    def of(cls, configuration: SiteLike) -> "Site":
        return cls(
            name=configuration.site_name,
            welcome=configuration.welcome,
            guests_may_write=configuration.guests_may_write,
        )


class Limits(BaseModel):
    """The largest message, name and frame."""

    body: int = Field(description="Characters in a message.")
    name: int = Field(default=MAX_NAME, description="Characters in a name.")
    frame: int = Field(default=MAX_FRAME, description="Bytes in a frame.")
    edit: int = Field(description="Seconds in which a message may be edited; 0 where it may not.")

    @classmethod
    def of(cls, configuration: SiteLike) -> "Limits":
        window = int(configuration.edit_window.total_seconds())
        return cls(body=configuration.max_body, edit=window)
