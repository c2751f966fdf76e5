"""What the works share: rows of results, and measuring a crowd that sends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle

from bench.load.crowd import Crowd
from bench.load.usage import Usage
from bench.peers import Target

LATENCIES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


@dataclass(slots=True)
class Row:
    """One number of the table; `better` is "more" or "less"; `usage` was measured with it."""

    name: str
    value: float
    unit: str
    better: str = "more"
    usage: Usage | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long each measurement takes, in seconds, and the share of large crowds that is used."""

    warm_up: float
    measure: float
    share: float = 1

    def crowd(self, size: int) -> int:
        return max(1, int(size * self.share))


NORMAL = Pace(warm_up=2, measure=5)
QUICK = Pace(warm_up=0.5, measure=1, share=0.1)


@asynccontextmanager
async def crowd_at(
    target: Target, members: int, senders: int = 0, rooms: int = 1
) -> AsyncIterator[Crowd]:
    """Connect a crowd to a server; disconnect it at the end."""
    crowd = Crowd(target.member, members, senders, rooms)
    try:
        await crowd.gather(target.port)
        yield crowd
    finally:
        crowd.disconnect()


@dataclass(frozen=True, slots=True)
class Throughput:
    """Deliveries and acknowledgements in a period, and the usage."""

    delivered: int
    acknowledged: int
    usage: Usage


async def closed_loop(target: Target, crowd: Crowd, window: int, pace: Pace) -> Throughput:
    """Send as fast as the senders' windows allow; return the throughput."""
    meter = target.meter()
    crowd.talk(window)
    await asyncio.sleep(pace.warm_up)
    delivered, acknowledged = crowd.delivered, crowd.acknowledged
    meter.restart()
    await asyncio.sleep(pace.measure)
    usage = meter.stop()
    talk = Throughput(crowd.delivered - delivered, crowd.acknowledged - acknowledged, usage)
    crowd.talk(0)
    await crowd.quiet()
    return talk


async def open_loop(target: Target, crowd: Crowd, rate: float, pace: Pace) -> list[Row]:
    """Send at a fixed rate, one sender after the other; return percentiles of the latency."""
    crowd.sample()
    await _take_turns(crowd, rate, pace.warm_up)
    crowd.sample()
    meter = target.meter()
    await _take_turns(crowd, rate, 2 * pace.measure)
    usage = meter.stop()
    await crowd.quiet()
    crowd.stop_sampling()
    seconds = crowd.latencies()
    return [
        Row(name, 1000 * seconds[int(share * len(seconds))], "ms", "less", usage)
        for name, share in LATENCIES.items()
    ]


async def written_at(target: Target, crowd: Crowd, rate: float, pace: Pace) -> Usage:
    """Send at a fixed rate, one sender after the other; return the usage meanwhile."""
    await _take_turns(crowd, rate, pace.warm_up)
    meter = target.meter()
    await _take_turns(crowd, rate, 2 * pace.measure)
    usage = meter.stop()
    await crowd.quiet()
    return usage


async def _take_turns(crowd: Crowd, rate: float, seconds: float) -> None:
    clock = asyncio.get_running_loop().time
    started, senders = clock(), cycle(crowd.senders)
    for number in range(int(seconds * rate)):
        await asyncio.sleep(started + number / rate - clock())
        next(senders).send_message()
