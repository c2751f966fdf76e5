"""One's own rooms in a list: what is the same for all who have a room in theirs, and one's own."""

from typing import Literal

from pydantic import Field

from chat.protocol.events import Event
from chat.protocol.objects import BaseModel, Message, Present, Room, RoomSlug, Seq, User, optional
from chat.protocol.sources import MembershipLike, PersonLike, RoomLike


class SharedEntry(BaseModel):
    """What a list says of a room to everybody who has it in theirs."""

    room: Room
    count: Present
    people: list[User] | None = optional(
        description="Of a direct room: everybody whom it is between, the reader too."
    )

    @classmethod
    def of(cls, room: RoomLike, count: int, people: list[PersonLike]) -> "SharedEntry":
        users = [User.of(person) for person in people] or None
        return cls(room=Room.of(room), count=count, people=users)

    def encode(self) -> str:
        """Return the entry as JSON."""
        return self.__pydantic_serializer__.to_json(self).decode()


class ListedRoom(SharedEntry):
    """One of somebody's own rooms, as it is in their list."""

    last_read: int = Field(
        description="The seq up to which they have read, with what they wrote themselves after it."
    )
    unread: int = Field(description="How many messages came after that.")
    mentions: int = Field(
        description="How many of those mean them: mentions, replies; in a direct room all others'."
    )
    level: Literal["everything", "mentions", "nothing"]
    role: Literal["owner", "moderator", "member", "reader"]
    hidden: bool | None = optional(
        description="Whether it is not to be shown while nothing in it is unread."
    )


class RoomsEvent(Event):
    """One's own rooms: all of them in reply to `watch`, then those that changed."""

    type: Literal["rooms"] = "rooms"
    rooms: list[ListedRoom]
    gone: list[str] | None = optional(
        description="The ids of rooms that one does not belong to any more."
    )


class ReadEvent(Event):
    """The same person has read so far in a room, on another device."""

    type: Literal["read"] = "read"
    room: RoomSlug
    seq: Seq


class NoticeEvent(Event):
    """A message means this person; it comes wherever they are connected."""

    type: Literal["notice"] = "notice"
    room: RoomSlug
    seq: Seq
    why: Literal["mention", "reply", "direct"]
    message: Message


class Standing(MembershipLike):
    """Somebody's place in a room: up to where nothing is unread, and how many messages after it
    mean them."""

    read_up_to: int
    mentions: int


def encoded_entry(shared: str, last_seq: int, own: Standing) -> str:
    """Return a ListedRoom as JSON, from the JSON of its SharedEntry.

    By hand: the shared part is encoded once for everybody, and an entry costs a microsecond.
    """
    unread = max(0, last_seq - own.read_up_to)
    # A notice may have been read before the message that it is of.
    mentions = min(unread, own.mentions)
    return (
        f'{shared[:-1]},"last_read":{own.read_up_to},"unread":{unread},"mentions":{mentions}'
        f',"level":"{own.level}","role":"{own.role}"{_HIDDEN if own.hidden else _SHOWN}'
    )


_HIDDEN, _SHOWN = ',"hidden":true}', "}"


def encoded_rooms(entries: list[str], gone: list[str], id: str | None = None) -> str:
    """Return a RoomsEvent as JSON, of entries that are JSON."""
    if not gone and id is None:
        # As it comes every second to everybody who watches.
        return f'{{"type":"rooms","rooms":[{",".join(entries)}]}}'
    about = RoomsEvent(id=id, rooms=[], gone=gone or None).encode()
    return about.replace('"rooms":[]', f'"rooms":[{",".join(entries)}]', 1)
