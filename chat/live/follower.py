"""A connection's place in a room: a position in the room's stream, and a state.

            add               go_live                     write blocked, window full
    (new) ──────▶ WAITING ──────────────▶ LIVE ─────────────────────────────▶ STALLED
                                           ▲ │ ▲                                │  │
                                   go_live │ │ └──────────── caught up ─────────┘  │
                                           │ ▼ pause                               │
                                          PAUSED ◀── pause, or the tail has gone ──┘
                                             └──────────── resume ──▶ STALLED

A waiting or paused follower is written nothing: the log is being read for it. A stalled one goes on
from its position, by itself, when the client reads again or says what it received.
"""

from enum import Enum, auto
from typing import Protocol

from chat.log import StoredMembership
from chat.models import Person, Room
from chat.protocol import Frame, User


class State(Enum):
    """Where a follower is on its way; see the diagram above."""

    WAITING = auto()
    LIVE = auto()
    STALLED = auto()
    PAUSED = auto()


# A move to the same state is none.
MOVES = {
    State.WAITING: {State.LIVE},
    State.LIVE: {State.STALLED, State.PAUSED},
    State.STALLED: {State.LIVE, State.PAUSED},
    State.PAUSED: {State.LIVE, State.STALLED},
}


class Standing(Enum):
    """How far the storing of a member's place in a room is that they were not in before."""

    STORED = auto()  # Or nothing is to be stored.
    NEW = auto()  # To be stored once they have joined.
    PENDING = auto()
    DOUBTED = auto()  # Pending, and not found when it was read: perhaps it is gone again.


class Sink(Protocol):
    """Where a follower's frames go: a connection of a person, None for who only listens."""

    person: Person | None
    user: User | None

    @property
    def blocked(self) -> bool:
        """Whether a frame is still being written."""

    def write_frame(self, frame: Frame) -> bool:
        """Write a frame; return whether another could be written at once."""

    def resynchronise(self, follower: "Follower") -> None:
        """Start again from the log: the tail no longer has what the follower needs."""

    def on_room_moved(self, was: str, now: str) -> None:
        """Handle that a room has another address."""

    def on_room_gone(self, follower: "Follower") -> None:
        """Handle that the room was deleted."""

    def on_membership(self, follower: "Follower", membership: StoredMembership | None) -> None:
        """Handle that the person's membership in the room, or what it allows, may be another."""


class FollowedStream(Protocol):
    """What a connection needs of the stream that its follower is in."""

    room: Room
    followers: set["Follower"]

    @property
    def version(self) -> int:
        """The version of the last change that was applied."""

    def pause(self, follower: "Follower") -> None:
        """Write nothing to a follower until it goes live or is resumed."""

    def catch_up(self, follower: "Follower") -> None:
        """Write what a stalled follower has missed, as far as it takes it."""

    def note_received(self, follower: "Follower", version: int) -> None:
        """Note up to which version a client has received."""


class Follower:
    """One connection's place in one room.

    `position` and `version` are those of the last event that was written to it, `received` the
    version that the client says it has, if it does: then it stalls past the position `window_end`,
    or past `window_end_size` in the bytes of the stream. `slug` is the room's address as far as the
    client was told. `membership` is the person's, as of the room's `access` (None where it has to
    be read again), `standing` whether it is stored, and `told` their role and what they may do
    there as the client was told; `is_leaving` says that they have ended it themselves. `pauses`
    counts how often it was paused.
    """

    __slots__ = (
        *("access", "epoch", "is_leaving", "membership", "paused_at", "pauses", "position"),
        *("received", "sink", "slug", "stalled_since", "standing", "state", "stream", "told"),
        *("version", "window_end", "window_end_size", "write"),
    )

    def __init__(self, sink: Sink, stream: FollowedStream):
        self.sink = sink
        self.membership: StoredMembership | None = None
        self.told: tuple[str, list[str] | None] | None = None
        self.is_leaving = False
        self.standing = Standing.STORED
        self.access: int | None = stream.room.access
        self.slug = stream.room.slug
        # A broadcast visits everybody's: to find it through the sink takes time.
        self.write = sink.write_frame
        self.stream = stream
        self.state = State.WAITING
        self.position = self.paused_at = self.pauses = 0
        self.version = 0
        self.epoch = stream.room.epoch
        self.received: int | None = None
        self.window_end = self.window_end_size = float("inf")
        # When a stalled one made progress last.
        self.stalled_since: float | None = None

    def move(self, state: State, now: float | None = None) -> None:
        """Change the state; `now` is when it stalled. Raises ValueError for an illegal move."""
        if state is not self.state and state not in MOVES[self.state]:
            raise ValueError(f"A follower does not move from {self.state} to {state}.")
        self.state = state
        self.stalled_since = now if state is State.STALLED else None
