"""The newest events of a room, encoded: what a follower catches up from."""

from bisect import bisect_right
from operator import attrgetter
from typing import NamedTuple

# More than a flow-control window (chat/protocol/contract.py).
TAIL_EVENTS = 1024
TAIL_BYTES = 4 * 1024 * 1024


class Entry(NamedTuple):
    """An encoded event; `size` counts the bytes up to its end since the stream began.

    Only a change of a message is in the log too.
    """

    version: int
    text: str
    size: int
    is_change: bool


class Tail:
    """Events by their position, counted from 1: a follower at 0 never went live.

    `start` is the position of the oldest event that is kept; every change with a version above
    `floor` is still here.
    """

    def __init__(self, version: int):
        """Begin empty, after the change `version`."""
        self._entries: list[Entry] = []
        self.start = 1
        self.floor = version

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def end(self) -> int:
        """The position after the newest event."""
        return self.start + len(self._entries)

    def append(self, version: int, text: str, *, is_change: bool) -> None:
        """Add the next event, of the room's `version`."""
        size = self._entries[-1].size if self._entries else 0
        size += len(text) if text.isascii() else len(text.encode())
        self._entries.append(Entry(version, text, size, is_change))

    def between(self, first: int, end: int) -> list[Entry]:
        """Return the events from position `first`, before `end`."""
        return self._entries[first - self.start : end - self.start]

    def size_before(self, position: int) -> int:
        """Return the bytes up to a position of which the event before it is kept."""
        return self._entries[position - self.start - 1].size

    def end_of(self, version: int) -> tuple[int, int]:
        """Return the position after all events up to `version`, and the bytes up to there (or a
        little more, where they are no longer known)."""
        if not self._entries:
            return self.end, 0
        known = bisect_right(self._entries, version, key=attrgetter("version"))
        return self.start + known, self._entries[max(0, known - 1)].size

    def trim(self) -> None:
        """Drop old events in halves, so that dropping costs nothing each time."""
        if not self._entries:
            return
        too_many = len(self._entries) > TAIL_EVENTS
        too_large = self._entries[-1].size - self._entries[0].size > TAIL_BYTES
        if too_many or too_large:
            self._drop(len(self._entries) // 2)

    def trim_to_newest(self) -> None:
        """Drop all but the newest event: sizes are counted on from it."""
        self._drop(len(self._entries) - 1)

    def _drop(self, number: int) -> None:
        if number > 0:
            self.start += number
            self.floor = self._entries[number - 1].version
            del self._entries[:number]

    def clear(self, version: int) -> None:
        """Drop everything; what comes is after the change `version` of another log."""
        self.start, self.floor = self.end, version
        self._entries.clear()
