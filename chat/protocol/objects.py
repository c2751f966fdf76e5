"""The things that events speak of."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from chat import models
from chat.names import MAX_NAME

MAX_FRAME = 64 * 1024


class User(BaseModel):
    id: str
    name: str
    kind: Literal["guest", "member", "bot"]

    @classmethod
    def of(cls, person: models.Person) -> "User":
        return cls(id=person.public_id, name=person.name, kind=str(person.kind))


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
