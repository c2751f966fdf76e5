"""What a room's members hear, counted and checked."""

import time
from array import array
from collections.abc import Callable
from typing import NamedTuple

MOST_REMEMBERED = 2048


class Heard(NamedTuple):
    """One frame, understood: `messages` are (sender, number) in order.

    `first` and `last` are the versions of the first and the last message where the protocol has
    versions; `rest` is what else was in the frame.
    """

    messages: list[tuple[int, int]]
    first: int = 0
    last: int = 0
    rest: tuple = ()


class Room:
    """What all members of one room share.

    `understand` reads a frame. A frame that many members get is the same bytes for each, so it is
    read once; what each member got is then checked with a few integers.
    """

    def __init__(self, name: str, understand: Callable[[bytes], Heard]):
        self.name = name
        self.delivered = 0
        self.faults: list[str] = []
        self.sampling = False
        self.latencies = array("d")
        self.sent_at: dict[tuple[int, int], float] = {}
        self.by_version: dict[int, tuple[int, int]] = {}
        self._understand = understand
        self._remembered: dict[bytes, Heard] = {}

    def hear(self, payload: bytes) -> Heard:
        """Give what a frame says."""
        return self._remembered.get(payload) or self._hear_first(payload)

    def _hear_first(self, payload: bytes) -> Heard:
        heard = self._understand(payload)
        if len(self._remembered) >= MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[payload] = heard
        if heard.first:
            self.note_versions(heard)
        return heard

    def note_versions(self, heard: Heard) -> None:
        """Hold every frame to one order: a version is the same message for everybody."""
        if heard.last - heard.first + 1 != len(heard.messages):
            self.fault(f"the versions {heard.first} to {heard.last} have a gap in one frame")
        for version, message in enumerate(heard.messages, heard.first):
            if self.by_version.setdefault(version, message) != message:
                self.fault(f"version {version} is two different messages")

    def verify_order(self) -> None:
        """Hold the room's order to each sender's own: every number once, none before another."""
        latest: dict[int, int] = {}
        for version in sorted(self.by_version):
            sender, number = self.by_version[version]
            if number != latest.get(sender, 0) + 1:
                self.fault(f"version {version} is message {number} of sender {sender} out of turn")
            latest[sender] = number

    def count(self, heard: Heard) -> None:
        """Count a frame that a member got."""
        self.delivered += len(heard.messages)
        if self.sampling:
            now = time.perf_counter()
            self.latencies.extend([now - self.sent_at[message] for message in heard.messages])

    def fault(self, what: str) -> None:
        """Note that something went wrong; the first few say enough."""
        if len(self.faults) < 20:
            self.faults.append(f"{self.name}: {what}")
