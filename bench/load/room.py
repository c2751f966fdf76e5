"""A room of the load: what its members receive is counted and checked."""

import asyncio
import time
from array import array
from collections.abc import Callable
from typing import NamedTuple

MAX_CACHED = 2048
# In which a message reaches hundreds of members, where nothing else is on its way.
BURST_SECONDS = 0.01


class ParsedFrame(NamedTuple):
    """The content of a frame: `messages` are (sender, number) in order.

    `first` and `last` are the versions of the first and the last message where the protocol has
    versions; `rest` is what else was in the frame.
    """

    messages: list[tuple[int, int]]
    first: int = 0
    last: int = 0
    rest: tuple = ()


class Room:
    """What all members of one room share.

    A frame for many members is the same bytes for each, so it is parsed once; what each member
    received is then checked with a few integers.
    """

    def __init__(self, name: str, parse: Callable[[bytes], ParsedFrame]):
        self.name = name
        self.delivered = 0
        self.faults: list[str] = []
        self.sampling = False
        self.latencies = array("d")
        self.sent_at: dict[tuple[int, int], float] = {}
        self.by_version: dict[int, tuple[int, int]] = {}
        self._parser = parse
        self._cache: dict[bytes, ParsedFrame] = {}
        self._put_off: list[tuple[Callable[[bytes, float], None], bytes, float]] = []

    def parse(self, payload: bytes) -> ParsedFrame:
        """Return the content of a frame, from the cache if possible."""
        return self._cache.get(payload) or self._parse_first(payload)

    def _parse_first(self, payload: bytes) -> ParsedFrame:
        parsed = self._parser(payload)
        if len(self._cache) >= MAX_CACHED:
            self._cache.clear()
        self._cache[payload] = parsed
        if parsed.first:
            self.note_versions(parsed)
        return parsed

    def note_versions(self, parsed: ParsedFrame) -> None:
        """Check that all frames have one order: a version is the same message for everybody."""
        if parsed.last - parsed.first + 1 != len(parsed.messages):
            self.fault(f"the versions {parsed.first} to {parsed.last} have a gap in one frame")
        for version, message in enumerate(parsed.messages, parsed.first):
            if self.by_version.setdefault(version, message) != message:
                self.fault(f"version {version} is two different messages")

    def verify_order(self) -> None:
        """Check the room's order against each sender's: every number once and in order."""
        latest: dict[int, int] = {}
        for version in sorted(self.by_version):
            sender, number = self.by_version[version]
            if number != latest.get(sender, 0) + 1:
                self.fault(f"version {version} is message {number} of sender {sender} out of turn")
            latest[sender] = number

    def put_off(self, receive: Callable[[bytes, float], None], payload: bytes) -> None:
        """Call `receive` with a frame and the time of its arrival, a little later.

        To check a frame takes half of what the load needs for it. While a message was on its way
        to the others, the load was slower than the server, and was what was measured.
        """
        if not self._put_off:
            asyncio.get_running_loop().call_later(BURST_SECONDS, self._receive_all)
        self._put_off.append((receive, payload, time.perf_counter()))

    def _receive_all(self) -> None:
        put_off, self._put_off = self._put_off, []
        for receive, payload, at in put_off:
            receive(payload, at)

    def count(self, parsed: ParsedFrame, at: float) -> None:
        """Count a frame that a member received, and that arrived `at` this time."""
        self.delivered += len(parsed.messages)
        if self.sampling:
            self.latencies.extend([at - self.sent_at[message] for message in parsed.messages])

    def fault(self, what: str) -> None:
        """Record a fault; the first 20 are enough."""
        if len(self.faults) < 20:
            self.faults.append(f"{self.name}: {what}")
