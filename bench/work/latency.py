"""Latency: fifty messages a second into one room, from sending to each member's receipt."""

import asyncio
from itertools import cycle

from bench.load.crowd import Crowd
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at

PEERS = ["chatsite", "socketio-sqlite", "socketio"]
CASES = {"200 members": 200, "1,000 members": 1000}
SENDERS = 10
RATE = 50
PERCENTILES = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}


async def measure(target: Target, members: int, pace: Pace) -> list[Row]:
    """Give percentiles of the latency, over all members and messages."""
    async with crowd_at(target, members, SENDERS) as crowd:
        crowd.sample()
        await steadily(crowd, pace.warm_up)
        crowd.sample()
        meter = target.meter()
        await steadily(crowd, 2 * pace.measure)
        usage = meter.stop()
        await crowd.quiet()
        faults, sorted_seconds = crowd.faults(), crowd.latencies()
    rows = [
        Row(name, 1000 * sorted_seconds[int(share * len(sorted_seconds))], "ms", "less", usage)
        for name, share in PERCENTILES.items()
    ]
    rows[-1].faults = faults
    return rows


async def steadily(crowd: Crowd, seconds: float) -> None:
    """Let the senders take turns at a fixed rate, whatever comes back."""
    clock = asyncio.get_running_loop().time
    started, senders = clock(), cycle(crowd.senders)
    for number in range(int(seconds * RATE)):
        await asyncio.sleep(started + number / RATE - clock())
        next(senders).say()
