"""Latency: fifty messages a second into one room, from sending to arrival at each member."""

from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at, open_loop

CASES = {"200 members": 200, "1,000 members": 1000}
SENDERS = 10
RATE = 50


def peers(members: int) -> list[str]:
    return [
        "chatsite",
        "socketio-sqlite",
        "socketio",
        "nchan",
        "nchan-undelayed",
        "chatsite-daphne",
    ]


async def measure(target: Target, members: int, pace: Pace) -> list[Row]:
    """Return percentiles of the latency, over all members and messages."""
    async with crowd_at(target, members, SENDERS) as crowd:
        rows = await open_loop(target, crowd, RATE, pace)
        rows[-1].faults = crowd.faults()
    return rows
