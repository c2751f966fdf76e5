"""Gather reactions to one message, so that a storm of them is a few versions a second.

The first is submitted at once. What comes within LINGER after it, to the same message, is one
write then: everybody in the room is sent the message once for all of it. Where other processes
change the message too, each waits as many times as long, so that all together are no more.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from chat.live.batcher import Callback, Outcome, call_back
from chat.log import React, Reactions, Receipt
from chat.rules.errors import unavailable

# Seconds. Five versions a second; nobody sees that their emoji waits for the others.
LINGER = 0.2
# As many times as long at most, where so many processes change one message.
MOST_PROCESSES = 10
# In one write: more wait for the next.
MAX_TOGETHER = 500
MAX_WAITING = 10_000

Item = tuple[React, Callback]


@dataclass(slots=True)
class Gathering:
    """The reactions to one message that wait for the next moment, those being written, and how
    many versions of it came from elsewhere since the last were submitted."""

    waiting: list[Item] = field(default_factory=list)
    under_way: int = 0
    from_elsewhere: int = 0
    timer: asyncio.TimerHandle | None = None


class Gatherer:
    """Passes reactions on to `submit`, together where they come together."""

    def __init__(self, submit: Callable[[Reactions, Callback], None]):
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        # By room and seq, of the messages that were reacted to just now.
        self._gatherings: dict[tuple[int, int], Gathering] = {}
        self._count = 0

    def add(self, react: React, on_outcome: Callback) -> None:
        """Queue a reaction; call `on_outcome` with its outcome."""
        if self._count >= MAX_WAITING:
            on_outcome(unavailable())
            return
        self._count += 1
        key = react.room_id, react.seq
        gathering = self._gatherings.setdefault(key, Gathering())
        gathering.waiting.append((react, on_outcome))
        if gathering.timer is None:
            self._pass_on(key)

    def note_changes(self, room_id: int, texts: Iterable[str]) -> None:
        """Note messages that another process has changed, by their encoded events."""
        for key, gathering in self._gatherings.items():
            if key[0] == room_id:
                # Nobody can write this in a text: there its quotation marks are escaped.
                seq = f'"seq":{key[1]},'
                gathering.from_elsewhere += sum(seq in text for text in texts)

    def flush(self, room_id: int, seq: int) -> None:
        """Submit at once what waits for a message: another change of it comes next."""
        if gathering := self._gatherings.get((room_id, seq)):
            while gathering.waiting:
                self._submit_some(room_id, seq)

    def stop(self) -> None:
        """Submit everything that waits."""
        for key, gathering in tuple(self._gatherings.items()):
            self.flush(*key)
            if gathering.timer:
                gathering.timer.cancel()
        self._gatherings.clear()

    def _pass_on(self, key: tuple[int, int]) -> None:
        """Submit what waits for a message, and again later; forget it where nothing has come."""
        gathering = self._gatherings.get(key)
        if gathering is None:
            return
        gathering.timer = None
        if gathering.under_way:
            # The database is slow: two in one batch would be two versions. Its end comes here.
            return
        if not gathering.waiting:
            del self._gatherings[key]
            return
        linger = LINGER * min(1 + gathering.from_elsewhere, MOST_PROCESSES)
        gathering.from_elsewhere = 0
        gathering.timer = self._loop.call_later(linger, self._pass_on, key)
        self._submit_some(*key)

    def _submit_some(self, room_id: int, seq: int) -> None:
        gathering = self._gatherings[room_id, seq]
        some = gathering.waiting[:MAX_TOGETHER]
        del gathering.waiting[:MAX_TOGETHER]
        self._count -= len(some)
        gathering.under_way += 1

        def finish(outcome: Outcome) -> None:
            gathering.under_way -= 1
            _call_each(some, outcome)
            if gathering.timer is None:
                self._pass_on((room_id, seq))

        self._submit(Reactions(room_id, seq, [react for react, _ in some]), finish)


def _call_each(items: Sequence[Item], outcome: Outcome) -> None:
    """Call back for each reaction with its own part of an outcome, or the refusal of all."""
    parts: Sequence[Outcome] = [outcome] * len(items)
    if isinstance(outcome, Receipt):
        parts = outcome.parts
    for (_, on_outcome), part in zip(items, parts, strict=True):
        call_back(on_outcome, part)
