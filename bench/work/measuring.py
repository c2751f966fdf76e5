"""What the works share: rows, and measuring a crowd that talks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.load.crowd import Crowd
from bench.load.usage import Usage
from bench.peers import Target


@dataclass(slots=True)
class Row:
    """One number of the table: `better` is "more" or "less"; `usage` is what it was taken with."""

    name: str
    value: float
    unit: str
    better: str = "more"
    usage: Usage | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each measurement takes, in seconds."""

    warm_up: float
    measure: float


UNHURRIED = Pace(warm_up=2, measure=5)
QUICK = Pace(warm_up=0.5, measure=1)


@asynccontextmanager
async def crowd_at(
    target: Target, members: int, senders: int = 0, rooms: int = 1
) -> AsyncIterator[Crowd]:
    """Bring a crowd to a server; let it go at the end."""
    crowd = Crowd(target.member, members, senders, rooms)
    try:
        await crowd.gather(target.port)
        yield crowd
    finally:
        crowd.disconnect()


@dataclass(frozen=True, slots=True)
class Talk:
    """What came of a while of talking."""

    delivered: int
    acknowledged: int
    usage: Usage


async def closed_loop(target: Target, crowd: Crowd, window: int, pace: Pace) -> Talk:
    """Let the senders talk as fast as their windows let them; give what came of it."""
    meter = target.meter()
    crowd.talk(window)
    await asyncio.sleep(pace.warm_up)
    delivered, acknowledged = crowd.delivered, crowd.acknowledged
    meter.restart()
    await asyncio.sleep(pace.measure)
    usage = meter.stop()
    talk = Talk(crowd.delivered - delivered, crowd.acknowledged - acknowledged, usage)
    crowd.talk(0)
    await crowd.quiet()
    return talk
