"""Presence: a thousand people join one room, everybody sees it, and they leave."""

import asyncio

from bench.load.crowd import Crowd
from bench.peers import Target
from bench.work.measuring import Pace, Row

CASES = {"1,000 in one room": 1000}
POLL_SECONDS = 0.02
DEADLINE = 60


def peers(people: int) -> list[str]:
    return ["chatsite", "chatsite-daphne"]


async def measure(target: Target, people: int, pace: Pace) -> list[Row]:
    """Return CPU and time until all see all, and CPU until one sees that all others left.

    Those who left are shown for five more seconds by the protocol, so that time means nothing.
    """
    crowd = Crowd(target.member, pace.crowd(people))
    meter = target.meter()
    try:
        await crowd.gather(target.port)
        await until(lambda: all(m.count == len(crowd.members) for m in crowd.members))
        joining = meter.stop()
        meter.restart()
        first, *others = crowd.members
        for member in others:
            member.leave()
        await until(lambda: first.count == 1)
        leaving = meter.stop()
    finally:
        crowd.disconnect()
    return [
        Row("all join and see all, CPU", joining.server, "s", "less", joining),
        Row("all join and see all, time", joining.wall, "s", "less", joining),
        Row("all but one leave, CPU", leaving.server, "s", "less", leaving, crowd.faults()),
    ]


async def until(condition) -> None:
    """Wait until the members' events meet a condition. Raises TimeoutError."""
    async with asyncio.timeout(DEADLINE):
        while not condition():
            await asyncio.sleep(POLL_SECONDS)
