"""One room as one process tells it: a short tail of encoded events, and who follows them.

Each event is encoded once and each frame joined once, whoever many read it. A follower is a
position in the tail, not a queue: one that cannot keep up is left behind without costing memory,
and is brought forward from the tail, or from the log when the tail has moved on.
"""

import asyncio
import logging
import time
from collections.abc import Iterable
from copy import copy
from itertools import count
from operator import attrgetter

from chat.live.follower import Follower, Sink
from chat.live.load import load
from chat.live.tail import Tail
from chat.log import Excerpt, Head
from chat.models import Room
from chat.protocol import Frame

logger = logging.getLogger(__name__)

# What a follower that tells what it received may have under way.
WINDOW_EVENTS = 256
WINDOW_BYTES = 256 * 1024

CHUNK = 128
REST_AFTER = 10.0

# A room's next flush waits for up to so many times as long as the last one took: the busier the
# process is, the longer. What a flush costs comes back several times, in receipts and
# in answers, and gathering is what makes a busy room cheap ("fanout" in bench/); where there is
# time, waiting would only be waiting ("latency").
LINGER = 6.0
MAX_LINGER = 0.03


# What followers are told of a room when it changes.
settings_of = attrgetter("slug", "name", "topic", "closed")


class Stream:
    """The events of one room in one process, and their followers."""

    def __init__(self, room: Room):
        # Its version is that of the last change that was applied here.
        self.room = copy(room)
        # What newcomers are told, read once for many.
        self.opening: Excerpt | None = None
        self.reading = asyncio.Lock()
        self.followers: set[Follower] = set()
        self._live: set[Follower] = set()
        self._tail = Tail(room.version)
        # The position behind what was written to the live ones.
        self._flushed = self._tail.end
        self._handle: asyncio.Handle | None = None
        self._next_flush = 0.0
        self._loop = asyncio.get_running_loop()

    def now(self) -> float:
        return self._loop.time()

    @property
    def version(self) -> int:
        """The version of the last change that was applied."""
        return self.room.version

    def apply(self, first: int, texts: Iterable[str]) -> bool:
        """Take messages with the versions `first`, `first + 1`, …; False when some are missing.

        What is already here is dropped, so a hint may come twice.
        """
        if first > self.version + 1:
            return False
        for version, text in zip(count(first), texts):
            if version == self.version + 1:
                self.apply_from_log(version, text)
        return True

    def apply_from_log(self, version: int, text: str) -> None:
        """Take one change that the log gave; versions may jump where a message changed twice."""
        if version > self.version:
            self.room.version = version
            self._append(text, is_change=True)

    def knows(self, head: Head) -> bool:
        """Whether a head that the database gave tells nothing new."""
        return (
            head.version <= self.version
            and head.epoch == self.room.epoch
            and settings_of(head) == settings_of(self.room)
        )

    def take_settings(self, room: Room) -> None:
        """Go on with what a reading of the room says of it beside its log."""
        version, epoch = self.room.version, self.room.epoch
        self.room, self.opening = copy(room), None
        self.room.version, self.room.epoch = version, epoch

    def emit(self, text: str) -> None:
        """Send an encoded event that is no change of a message to everybody in the room."""
        self._append(text, is_change=False)

    def _append(self, text: str, *, is_change: bool) -> None:
        self._tail.append(self.version, text, is_change=is_change)
        if self._handle is None:
            self._schedule()

    def _schedule(self) -> None:
        wait = self._next_flush - self.now()
        if wait <= 0:
            self._handle = self._loop.call_soon(self.flush)
        else:
            self._handle = self._loop.call_later(wait, self.flush)

    def flush(self) -> None:
        """Write what is new to every live follower, as one frame."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        end = self._tail.end
        if self._flushed == end:
            return
        started = time.perf_counter()
        fresh = self._tail.between(self._flushed, end)
        self._flushed = end
        if self._live:
            frame, version = Frame(entry.text for entry in fresh), fresh[-1].version
            for follower in tuple(self._live):
                try:
                    self._write(follower, frame, end, version)
                except Exception:
                    # What one line cannot take must not cost the others theirs. It is ended soon.
                    logger.exception("A frame could not be written")
                    self._hold(follower)
        self._tail.trim()
        took = time.perf_counter() - started
        self._next_flush = self.now() + min(MAX_LINGER, LINGER * load.share() ** 4 * took)

    def _write(self, follower: Follower, frame: Frame, position: int, version: int) -> None:
        """Send a frame that ends before `position`, with an event of `version`."""
        follower.position, follower.version = position, version
        if not follower.sink.write(frame) or self._is_over_window(follower):
            self._hold(follower)

    def received(self, follower: Follower, version: int) -> None:
        """Note up to which version a follower has come, and go on where it had fallen behind."""
        if version > (follower.received or 0) and follower.stalled_since is not None:
            follower.stalled_since = self.now()
        follower.received = max(version, follower.received or 0)
        # Looked up once a receipt, so that comparing a frame with the window costs nothing.
        follower.received_position, follower.received_size = self._tail.behind(follower.received)
        self.catch_up(follower)

    def _is_over_window(self, follower: Follower) -> bool:
        if follower.received is None:
            return False
        events = follower.position - max(follower.received_position, self._tail.start)
        if events > WINDOW_EVENTS:
            return True
        if events <= 0:
            return False
        return self._tail.size_before(follower.position) - follower.received_size > WINDOW_BYTES

    def _hold(self, follower: Follower) -> None:
        self._live.discard(follower)
        if follower.stalled_since is None:
            follower.stalled_since = self.now()

    def rest(self) -> None:
        """Forget what nobody here needs any more of a room where nothing happens.

        Else whoever writes in one room after the other could have 4 MB kept for each.
        """
        is_idle = self.now() > self._next_flush + REST_AFTER and self._flushed == self._tail.end
        if is_idle and len(self._live) == len(self.followers):
            self._tail.rest()

    def hold_back(self, sink: Sink) -> Follower:
        """Add a follower that gets nothing before it is released."""
        follower = Follower(sink, self)
        self.followers.add(follower)
        return follower

    def pause(self, follower: Follower) -> None:
        """Give a follower nothing until it is released or resumed."""
        self._live.discard(follower)
        follower.stalled_since = None
        follower.paused_at = follower.position or self._tail.end

    def resume(self, follower: Follower) -> bool:
        """Go on with a paused follower as if nothing had been; False if it was never released."""
        if follower not in self.followers:
            return True  # It left meanwhile.
        if follower.position == 0:
            return False
        follower.stalled_since = self.now()
        self.catch_up(follower)
        return True

    def release(self, follower: Follower, version: int) -> None:
        """Let a follower that was told everything up to `version` have what comes from now on.

        What the room has told since goes to it first: changes by their version, and what the log
        does not have by when the follower was paused.
        """
        self.flush()
        first = self._tail.start
        texts = [
            entry.text
            for position, entry in enumerate(self._tail.between(first, self._flushed), first)
            if (entry.version > version if entry.is_change else position >= follower.paused_at)
        ]
        follower.position, follower.version = self._flushed, max(version, self.version)
        follower.epoch = self.room.epoch
        follower.stalled_since = None
        self._live.add(follower)
        if texts and not follower.sink.write(Frame(texts)):
            self._hold(follower)

    def can_release(self, excerpt: Excerpt) -> bool:
        """Whether everything after an excerpt of this log is still in the tail."""
        room = excerpt.room
        return room.version >= self._tail.forgotten and room.epoch == self.room.epoch

    def catch_up(self, follower: Follower) -> None:
        """Bring a follower that had fallen behind forward, as far as it takes it."""
        while follower not in self._live and follower.stalled_since is not None:
            if follower.position < self._tail.start:
                follower.stalled_since = None
                follower.sink.resynchronise(follower)
            elif self._is_over_window(follower):
                return
            elif follower.position == self._flushed:
                follower.stalled_since = None
                self._live.add(follower)
            elif not self._write_chunk(follower):
                return

    def _write_chunk(self, follower: Follower) -> bool:
        end = min(follower.position + CHUNK, self._flushed)
        entries = self._tail.between(follower.position, end)
        self._write(follower, Frame(entry.text for entry in entries), end, entries[-1].version)
        follower.stalled_since = self.now()
        return not follower.sink.blocked

    def tell(self, frame: Frame, instead: dict[str, Frame | None]) -> None:
        """Send a frame that nobody will miss, such as who is typing, to those who keep up.

        `instead` has another frame, or none, for some people, by their id.
        """
        for follower in tuple(self._live):
            own = instead.get(follower.sink.user.id, frame)
            if own is not None and not follower.sink.write(own):
                self._hold(follower)

    def drop(self, follower: Follower) -> None:
        """Take a follower out."""
        self.followers.discard(follower)
        self._live.discard(follower)

    def restart(self, room: Room) -> None:
        """Begin anew: the room's log is another one than before."""
        self.flush()
        self.room, self.opening = copy(room), None
        self._tail.clear(room.version)
        for follower in tuple(self.followers):
            self._live.discard(follower)
            follower.sink.resynchronise(follower)
