"""Connections: bringing in five thousand, what each holds while idle, and all coming back."""

import asyncio

from bench.load.usage import resident_bytes
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at

CASES = {"5,000 in rooms of 50": 5000}
MEMBERS = 50
SETTLING = 6  # seconds: two more than a collection of garbage or a beat of presence takes


def peers(connections: int) -> list[str]:
    return ["chatsite", "socketio", "socketio-sqlite", "chatsite-daphne", "channels-pubsub"]


async def measure(target: Target, connections: int, pace: Pace) -> list[Row]:
    """Give CPU and time of coming in and of coming back, and memory for each in between."""
    connections = pace.crowd(connections)
    before, meter = resident_bytes(target.pid), target.meter()
    async with crowd_at(target, MEMBERS, rooms=connections // MEMBERS) as crowd:
        coming_in = meter.stop()
        await asyncio.sleep(SETTLING)
        memory = (resident_bytes(target.pid) - before) / connections
        crowd.disconnect()
        meter.restart()
        await crowd.gather(target.port, at_once=connections)
        coming_back = meter.stop()
        faults = crowd.faults()
    return [
        Row("coming in, CPU", coming_in.server, "s", "less", coming_in),
        Row("coming in, time", coming_in.wall, "s", "less", coming_in),
        Row("idle, memory each", memory / 1024, "KiB", "less"),
        Row("all coming back at once, CPU", coming_back.server, "s", "less", coming_back),
        Row("all coming back at once, time", coming_back.wall, "s", "less", coming_back, faults),
    ]
