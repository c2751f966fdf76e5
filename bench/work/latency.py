"""Latency: fifty messages a second into one room, from sending to arrival at each member."""

from contextlib import nullcontext
from typing import NamedTuple

from bench.load.cores import busy_process
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at, open_loop


class Case(NamedTuple):
    """How many are in the room, and whether something else keeps the server's core busy."""

    members: int
    is_core_busy: bool = False


CASES = {
    "200 members": Case(200),
    "200 members beside a busy process": Case(200, is_core_busy=True),
    "1,000 members": Case(1000),
}
SENDERS = 10
RATE = 50


def peers(case: Case) -> list[str]:
    return [
        "chatsite",
        "socketio-sqlite",
        "socketio",
        "nchan",
        "nchan-undelayed",
        "chatsite-daphne",
    ]


async def measure(target: Target, case: Case, pace: Pace) -> list[Row]:
    """Return percentiles of the latency, over all members and messages."""
    async with crowd_at(target, case.members, SENDERS) as crowd:
        with busy_process() if case.is_core_busy else nullcontext():
            rows = await open_loop(target, crowd, RATE, pace)
        rows[-1].faults = crowd.faults()
    return rows
