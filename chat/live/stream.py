"""One room in one process: a short tail of encoded events, and its followers.

Each event is encoded once and each frame joined once, however many read it. A follower is a
position in the tail, not a queue: one that cannot keep up is left at its position without costing
memory, and catches up from the tail, or from the log when the tail has moved on.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from copy import copy
from itertools import count
from operator import attrgetter

from chat.live.follower import Follower, Sink, State
from chat.live.lingering import load
from chat.live.tail import Entry, Tail
from chat.log import Backlog, Head
from chat.models import Room
from chat.protocol import Frame, RoomEvent
from chat.protocol.contract import WINDOW_BYTES, WINDOW_EVENTS

logger = logging.getLogger(__name__)

CHUNK = 128
IDLE_AFTER = 10.0

# What followers are sent of a room when it changes.
settings_of = attrgetter("slug", "name", "topic", "closed", "kind", "password")


class Stream:
    """The events of one room in one process, and their followers.

    `room` is as of the last change that was applied here. `newest_page` is what joining clients
    are sent, read once for many under `reading`.
    """

    def __init__(self, room: Room):
        self.room = copy(room)
        self.newest_page: Backlog | None = None
        self.reading = asyncio.Lock()
        self.followers: set[Follower] = set()
        # Those whose state is LIVE.
        self._live: set[Follower] = set()
        self._tail = Tail(room.version)
        # The position after what was written to the live ones.
        self._flushed = self._tail.end
        self._handle: asyncio.Handle | None = None
        self._next_flush = 0.0
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        return self._loop.time()

    # What is new

    @property
    def version(self) -> int:
        """The version of the last change that was applied."""
        return self.room.version

    def apply_changes(self, first: int, texts: Iterable[str]) -> bool:
        """Apply messages with the versions `first`, `first + 1`, …; False when some are missing.

        What is already here is dropped, so a hint may come twice.
        """
        if first > self.version + 1:
            return False
        for version, text in zip(count(first), texts):
            if version == self.version + 1:
                self.advance(version, text)
        return True

    def advance(self, version: int, text: str) -> None:
        """Apply the next change; its version may jump where a message changed twice."""
        if version > self.version:
            self.room.version = version
            self._append(text, is_change=True)

    def emit(self, text: str) -> None:
        """Write an encoded event that is no change of a message to everybody in the room."""
        self._append(text, is_change=False)

    def _append(self, text: str, *, is_change: bool) -> None:
        self._tail.append(self.version, text, is_change=is_change)
        if self._handle is None:
            self._schedule_flush()

    def _schedule_flush(self) -> None:
        wait = self._next_flush - self.now()
        if wait <= 0:
            self._handle = self._loop.call_soon(self.flush_to_followers)
        else:
            self._handle = self._loop.call_later(wait, self.flush_to_followers)

    def flush_if_due(self) -> None:
        """Write what is new now, unless it is worth waiting for more."""
        if self._next_flush <= self.now():
            self.flush_to_followers()

    def flush_to_followers(self) -> None:
        """Write what is new to every live follower, as one frame."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        end = self._tail.end
        if self._flushed == end:
            return
        started = time.thread_time()
        fresh = self._tail.between(self._flushed, end)
        self._flushed = end
        if self._live:
            self._write_to_live(Frame(entry.text for entry in fresh), end, fresh[-1])
        self._tail.trim()
        self._next_flush = self.now() + load.linger_after(time.thread_time() - started)

    def _write_to_live(self, frame: Frame, end: int, last: Entry) -> None:
        """Write a frame that ends before position `end`, with the entry `last`, to everybody.

        What is called for each of them, and what is looked up, is what a delivery takes beside the
        system's own part ("latency" of bench/).
        """
        version, size = last.version, last.size
        for follower in tuple(self._live):
            follower.position, follower.version = end, version
            try:
                is_free = follower.write(frame)
            except Exception:
                # What fails for one connection must not cost the others the frame. It is ended
                # soon.
                logger.exception("A frame could not be written")
                is_free = False
            is_near = end <= follower.window_end and size <= follower.window_end_size
            if not is_free or not (is_near or self._is_in_window(follower)):
                self._stall(follower)

    def broadcast(self, frame: Frame, instead: dict[str, Frame | None]) -> None:
        """Write a frame that nobody will miss, such as who is typing, to live followers.

        `instead` has another frame, or none, for some people, by their id.
        """
        for follower in tuple(self._live):
            user = follower.sink.user
            own = instead.get(user.id, frame) if user else frame
            if own is not None and not follower.write(own):
                self._stall(follower)

    # The room itself

    def is_up_to_date_with(self, head: Head) -> bool:
        """Whether a head that was read from the database has nothing new."""
        return head.version <= self.version and self.is_alike(head)

    def is_alike(self, head: Head | Room) -> bool:
        """Whether a head that was read from the database differs in its version at most."""
        return (
            head.epoch == self.room.epoch
            and head.access == self.room.access
            and settings_of(head) == settings_of(self.room)
        )

    def update_settings(self, room: Room) -> None:
        """Apply the settings of a newer reading of the room, but not its version."""
        version, epoch = self.room.version, self.room.epoch
        self.room, self.newest_page = copy(room), None
        self.room.version, self.room.epoch = version, epoch

    def emit_settings(self, event: RoomEvent) -> None:
        """Write to everybody in the room what it is now."""
        self.emit(event.encode())
        self.note_address()

    def note_address(self) -> None:
        """Note that everybody here was told the room's address."""
        for follower in self.followers:
            follower.slug = self.room.slug

    def restart(self, room: Room) -> None:
        """Begin anew: the room's log is another one than before."""
        self.flush_to_followers()
        self.room, self.newest_page = copy(room), None
        self._tail.clear(room.version)
        for follower in tuple(self.followers):
            self.pause(follower)
            follower.sink.resynchronise(follower)

    def trim_when_idle(self) -> None:
        """Drop the events that nobody here needs any more of a room where nothing happens.

        Else a client that writes in one room after the other could have 4 MB kept for each.
        """
        is_idle = self.now() > self._next_flush + IDLE_AFTER and self._flushed == self._tail.end
        if is_idle and len(self._live) == len(self.followers):
            self._tail.trim_to_newest()

    # Followers

    def add(self, sink: Sink) -> Follower:
        """Add a follower, which is written nothing before it goes live."""
        follower = Follower(sink, self)
        self.followers.add(follower)
        return follower

    def remove(self, follower: Follower) -> None:
        """Remove a follower."""
        self.followers.discard(follower)
        self._live.discard(follower)

    def pause(self, follower: Follower) -> None:
        """Write nothing to a follower until it goes live or is resumed."""
        self._live.discard(follower)
        if follower.state is not State.WAITING:
            follower.move(State.PAUSED)
        follower.pauses += 1
        follower.paused_at = follower.position or self._tail.end

    def resume(self, follower: Follower) -> bool:
        """Continue a paused follower from its position; False if it never went live."""
        if follower not in self.followers:
            return True  # It left meanwhile.
        if follower.state is State.WAITING:
            return False
        self._stall(follower)
        self.catch_up(follower)
        return True

    def can_go_live(self, backlog: Backlog) -> bool:
        """Whether everything after a backlog of this log is still in the tail."""
        room = backlog.room
        return room.version >= self._tail.floor and room.epoch == self.room.epoch

    def lacks(self, backlog: Backlog) -> bool:
        """Whether a backlog of this log has changes that were not applied yet."""
        room = backlog.room
        return room.epoch == self.room.epoch and room.version > self.version

    def go_live(self, follower: Follower, version: int) -> None:
        """Write what is new from now on to a follower that was sent everything up to `version`.

        Events since then are written first: changes by their version, and what the log does not
        have by when the follower was paused.
        """
        self.flush_to_followers()
        # All before that is in what the follower was sent.
        first = max(self._tail.start, min(follower.paused_at, self._tail.end_of(version)[0]))
        texts = [
            entry.text
            for position, entry in enumerate(self._tail.between(first, self._flushed), first)
            if (entry.version > version if entry.is_change else position >= follower.paused_at)
        ]
        follower.position, follower.version = self._flushed, max(version, self.version)
        follower.epoch = self.room.epoch
        self._set_live(follower)
        if texts and not follower.write(Frame(texts)):
            self._stall(follower)

    def _set_live(self, follower: Follower) -> None:
        follower.move(State.LIVE)
        self._live.add(follower)

    def _stall(self, follower: Follower) -> None:
        self._live.discard(follower)
        if follower.state is not State.STALLED:
            follower.move(State.STALLED, self.now())

    # Flow control: a client that says what it received has a window of events under way

    def note_received(self, follower: Follower, version: int) -> None:
        """Note up to which version a client has received; catch up where it had stalled."""
        if version > (follower.received or 0) and follower.state is State.STALLED:
            follower.stalled_since = self.now()
        follower.received = max(version, follower.received or 0)
        # Looked up once a receipt, so that comparing a frame with the window costs nothing.
        position, size = self._tail.end_of(follower.received)
        follower.window_end = position + WINDOW_EVENTS
        follower.window_end_size = size + WINDOW_BYTES
        self.catch_up(follower)

    def _is_in_window(self, follower: Follower) -> bool:
        """Whether no more is under way to a follower than it may be. What the tail no longer has
        does not count."""
        start, position = self._tail.start, follower.position
        return position <= start or (
            position <= max(follower.window_end, start + WINDOW_EVENTS)
            and self._tail.size_before(position) <= follower.window_end_size
        )

    def _write_to(self, follower: Follower, frame: Frame, position: int, version: int) -> None:
        """Write a frame that ends before `position`, with an event of `version`."""
        follower.position, follower.version = position, version
        if not follower.write(frame) or not self._is_in_window(follower):
            self._stall(follower)

    def catch_up(self, follower: Follower) -> None:
        """Write what a stalled follower has missed, as far as it takes it."""
        while follower.state is State.STALLED:
            if follower.position < self._tail.start:
                self.pause(follower)
                follower.sink.resynchronise(follower)
            elif not self._is_in_window(follower):
                return
            elif follower.position == self._flushed:
                self._set_live(follower)
            elif not self._write_chunk(follower):
                return

    def _write_chunk(self, follower: Follower) -> bool:
        end = min(follower.position + CHUNK, self._flushed)
        entries = self._tail.between(follower.position, end)
        self._write_to(follower, Frame(entry.text for entry in entries), end, entries[-1].version)
        follower.stalled_since = self.now()
        return not follower.sink.blocked
