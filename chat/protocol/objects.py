"""The things that events speak of."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chat import models
from chat.rules.names import MAX_NAME

MAX_FRAME = 64 * 1024

# What fields are, in the words of the documents for programs. No value is checked by them.
RoomSlug = Annotated[str, Field(description="A room's address.")]
Epoch = Annotated[str, Field(description="The life of a room's log: opaque.")]
Version = Annotated[int, Field(description="Grows by one with each change in a room.")]
Seq = Annotated[int, Field(description="1, 2, 3 … in a room, without gaps.")]
Moment = Annotated[datetime, Field(description="RFC 3339, in UTC.")]
Present = Annotated[int, Field(description="How many people are in the room.")]


class User(BaseModel):
    """Who somebody is."""

    id: str = Field(description="Opaque; the same in every room.")
    name: str
    kind: Literal["guest", "member", "bot"]

    @classmethod
    def of(cls, person: models.Person) -> "User":
        return cls(id=person.public_id, name=person.name, kind=str(person.kind))


class Room(BaseModel):
    """A room as it is now."""

    slug: RoomSlug
    name: str
    topic: str
    closed: bool = Field(description="Whether it can only be read.")
    epoch: Epoch
    version: Version
    seq: int = Field(description="That of the newest message; 0 where there is none.")

    @classmethod
    def of(cls, room: models.Room) -> "Room":
        return cls(
            slug=room.slug,
            name=room.name,
            topic=room.topic,
            closed=room.closed,
            epoch=room.epoch,
            version=room.version,
            seq=room.last_seq,
        )


class Message(BaseModel):
    """A message as it is now."""

    seq: Seq
    version: int = Field(description="The room's version at the message's last change.")
    id: str = Field(description="What its sender called it.")
    author: User
    body: str = Field(description="What was typed; empty where `deleted`.")
    at: Moment
    edited_at: Moment | None
    deleted: bool

    @classmethod
    def of(cls, message: models.Message) -> "Message":
        """Give a row as everybody may see it: of a deleted message only that it was there."""
        return cls(
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
    """What the admin made of the site."""

    name: str
    welcome: str = Field(description="What people read when they come.")
    guests_may_write: bool

    @classmethod
    def of(cls, configuration: models.Configuration) -> "Site":
        return cls(
            name=configuration.site_name,
            welcome=configuration.welcome,
            guests_may_write=configuration.guests_may_write,
        )


class Limits(BaseModel):
    """How much may be said at once."""

    body: int = Field(description="Characters in a message.")
    name: int = Field(default=MAX_NAME, description="Characters in a name.")
    frame: int = Field(default=MAX_FRAME, description="Bytes in a frame.")

    @classmethod
    def of(cls, configuration: models.Configuration) -> "Limits":
        return cls(body=configuration.max_body)
