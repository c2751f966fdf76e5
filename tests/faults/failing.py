"""The server with a fail point: python -m tests.faults.failing HOST PORT WORKERS

CHAT_TESTS_FAIL_POINT names it. The points are inserted from outside, here alone: production code
has none.
"""

import gc
import os
import signal
import sys
import time
from datetime import timedelta
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatsite.settings")
django.setup()

from django.utils import timezone  # noqa: E402

from chat import log  # noqa: E402
from chat.cluster import transport  # noqa: E402
from chat.log import Receipt  # noqa: E402
from chatsite.server.serving import main  # noqa: E402

HOUR = 3600


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def between_commit_and_ack(number: int) -> None:
    """Die when the transaction of the message with this number has ended, before any reply."""
    commit, committed = log.commit_writes, count(1)

    def commit_and_die(writes):
        outcomes = commit(writes)
        stored = [o for o in outcomes if isinstance(o, Receipt) and not o.duplicate]
        if any(next(committed) == number for _ in stored):
            die()
        return outcomes

    log.commit_writes = commit_and_die


def between_commit_and_hint(number: int) -> None:
    """Die when the hint with this number, of a message, is about to be sent."""
    send, told = transport._send, count(1)

    async def die_or_send(layer, group, waiting):
        of_messages = [hint for hint in waiting if hint["kind"] == "Changes"]
        if any(next(told) == number for _ in of_messages):
            die()
        return await send(layer, group, waiting)

    transport._send = die_or_send


def another_clock(_: int) -> None:
    """Set the wall clock back by an hour at SIGUSR1, and forward by an hour at SIGUSR2.

    These are the clocks that the code reads: `timezone.now` and `time.time`. The monotonic clock
    is unchanged, as it is when a real wall clock is set.
    """
    now, seconds = timezone.now, time.time
    moved = [0]

    def move(by: int) -> None:
        moved[0] += by

    timezone.now = lambda: now() + timedelta(seconds=moved[0])
    time.time = lambda: seconds() + moved[0]
    signal.signal(signal.SIGUSR1, lambda *_: move(-HOUR))
    signal.signal(signal.SIGUSR2, lambda *_: move(HOUR))


def no_collector(_: int) -> None:
    """Disable the garbage collector at SIGUSR1; at SIGUSR2 print how many objects it collects."""

    def stop(*_) -> None:
        gc.collect()
        gc.disable()

    signal.signal(signal.SIGUSR1, stop)
    signal.signal(signal.SIGUSR2, lambda *_: print(f"garbage: {gc.collect()}", flush=True))  # noqa: T201


POINTS = {
    "commit-ack": between_commit_and_ack,
    "commit-hint": between_commit_and_hint,
    "clock": another_clock,
    "garbage": no_collector,
}

if __name__ == "__main__":
    name, _, number = os.environ["CHAT_TESTS_FAIL_POINT"].partition(":")
    POINTS[name](int(number or 0))
    main(*sys.argv[1:])
