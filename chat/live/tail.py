"""The newest events of a room, encoded: what a follower is brought forward from."""

from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

# More than a window (chat/live/stream.py).
TAIL_EVENTS = 1024
TAIL_BYTES = 4 * 1024 * 1024


class Entry(NamedTuple):
    """An encoded event; `size` counts the bytes up to its end since the stream began.

    Only a change, of a message, is in the log too.
    """

    version: int
    text: str
    size: int
    is_change: bool


class Tail:
    """Events by their position, which counts from 1: a follower at 0 was never released."""

    def __init__(self, version: int):
        """Begin empty, behind the change `version`."""
        self._entries: list[Entry] = []
        # The position of the oldest event that is kept.
        self.start = 1
        # All changes after this version are here.
        self.forgotten = version

    @property
    def end(self) -> int:
        """The position behind the newest event."""
        return self.start + len(self._entries)

    def append(self, version: int, text: str, *, is_change: bool) -> None:
        """Take the next event, of the room's `version`."""
        size = self._entries[-1].size if self._entries else 0
        size += len(text) if text.isascii() else len(text.encode())
        self._entries.append(Entry(version, text, size, is_change))

    def between(self, first: int, end: int) -> list[Entry]:
        """Give the events from position `first`, before `end`."""
        return self._entries[first - self.start : end - self.start]

    def size_before(self, position: int) -> int:
        """Give the bytes up to a position of which the event before it is kept."""
        return self._entries[position - self.start - 1].size

    def behind(self, version: int) -> tuple[int, int]:
        """Give the position behind all events up to `version`, and the bytes up to there (or a
        little more, where they are no longer known)."""
        if not self._entries:
            return self.end, 0
        known = bisect_right(self._entries, version, key=attrgetter("version"))
        return self.start + known, self._entries[max(0, known - 1)].size

    def trim(self) -> None:
        """Forget old events in halves, so that forgetting costs nothing each time."""
        if not self._entries:
            return
        too_many = len(self._entries) > TAIL_EVENTS
        too_large = self._entries[-1].size - self._entries[0].size > TAIL_BYTES
        if too_many or too_large:
            self._forget(len(self._entries) // 2)

    def rest(self) -> None:
        """Forget all but the newest event: sizes are counted on from it."""
        self._forget(len(self._entries) - 1)

    def _forget(self, number: int) -> None:
        if number > 0:
            self.start += number
            self.forgotten = self._entries[number - 1].version
            del self._entries[:number]

    def clear(self, version: int) -> None:
        """Forget everything; what comes is behind the change `version` of another log."""
        self.start, self.forgotten = self.end, version
        self._entries.clear()
