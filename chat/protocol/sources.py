"""The shapes that the protocol's objects are made from, so that it imports no model.

Structural types: a model fits, and so does any row of the log with these attributes. They are
only read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol


class PersonLike(Protocol):
    public_id: str
    name: str
    kind: str


class MentionedLike(PersonLike, Protocol):
    was: str | None


class RoomLike(Protocol):
    public_id: str | None
    slug: str
    name: str
    topic: str
    kind: str
    closed: bool
    password: str
    epoch: str
    version: int
    last_seq: int


class MembershipLike(Protocol):
    role: str
    last_read: int
    level: str
    hidden: bool


class MessageLike(Protocol):
    """`client_id` is the idempotency key that the sender chose, `reactions` JSON of [Reaction],
    `original` the message that this one replies to, where it is to be sent along."""

    author: PersonLike
    seq: int
    version: int
    client_id: str
    body: str
    created_at: datetime
    edited_at: datetime | None
    reactions: str | None
    is_deleted: bool
    reply_to: int | None
    format: str | None
    mentions_all: str | None
    mentioned: Sequence[MentionedLike]
    original: "MessageLike | None"


class SiteLike(Protocol):
    """What clients are sent of the site's configuration; `max_body` is in characters."""

    site_name: str
    welcome: str
    guests_may_write: bool
    max_body: int

    @property
    def edit_window(self) -> timedelta:
        """How long after it was written a message may be edited."""
