"""A connection's place in a room, and what a room and the server need of a connection."""

from typing import TYPE_CHECKING, Protocol

from chat.protocol import Frame, User

if TYPE_CHECKING:
    from chat.live.stream import Stream


class Sink(Protocol):
    """Where a follower's frames go: a connection of `user`."""

    user: User

    @property
    def blocked(self) -> bool:
        """Whether a frame is still on its way out."""

    def write(self, frame: Frame) -> bool:
        """Take a frame; tell whether another would go out at once."""

    def resynchronise(self, follower: "Follower") -> None:
        """Begin again from the log: the tail no longer has what the follower needs."""

    def room_moved(self, was: str, now: str) -> None:
        """A room has another address."""

    def room_gone(self, follower: "Follower") -> None:
        """The room was deleted."""


class Client(Protocol):
    """What the server needs of a connection."""

    user: User
    ended: bool

    def tick(self, now: float) -> None:
        """Do what is due."""

    def tell_encoded(self, text: str) -> None:
        """Send an encoded event."""

    def renamed(self, user: User) -> None:
        """Go under another name from now on."""

    def remove(self) -> None:
        """End: the person was blocked."""

    @property
    def session_key(self) -> str | None:
        """The session that the person is known by, if it is one."""

    def sign_out(self) -> None:
        """End: the session is over."""


class Follower:
    """One connection's place in one room."""

    __slots__ = (
        *("epoch", "paused_at", "position", "received", "received_position", "received_size"),
        *("sink", "stalled_since", "stream", "version"),
    )

    def __init__(self, sink: Sink, stream: "Stream"):
        self.sink = sink
        self.stream = stream
        self.position = self.paused_at = 0
        self.version = 0
        self.epoch = stream.room.epoch
        self.received: int | None = None
        self.received_position = self.received_size = 0
        self.stalled_since: float | None = None
