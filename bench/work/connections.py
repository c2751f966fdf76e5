"""Connections: opening five thousand, the memory of each while idle, and reconnecting all."""

import asyncio

from bench.load.crowd import Crowd
from bench.load.usage import resident_bytes
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at

CASES = {"5,000 in rooms of 50": 5000}
MEMBERS = 50
SETTLING = 6  # seconds: two more than a garbage collection or a heartbeat of presence takes


def peers(connections: int) -> list[str]:
    return ["chatsite", "socketio", "socketio-sqlite", "chatsite-daphne", "channels-pubsub"]


async def measure(target: Target, connections: int, pace: Pace) -> list[Row]:
    """Return CPU and time of connecting and of reconnecting, and the memory of each between."""
    connections = pace.crowd(connections)
    before, meter = resident_bytes(target.pid), target.meter()
    async with crowd_at(target, MEMBERS, rooms=connections // MEMBERS) as crowd:
        coming_in = meter.stop()
        await asyncio.sleep(SETTLING)
        memory = (resident_bytes(target.pid) - before) / connections
        back = await reconnect(target, crowd)
    return [
        Row("coming in, CPU", coming_in.server, "s", "less", coming_in),
        Row("coming in, time", coming_in.wall, "s", "less", coming_in),
        Row("idle, memory each", memory / 1024, "KiB", "less", faults=crowd.faults()),
        *back,
    ]


async def reconnect(target: Target, crowd: Crowd) -> list[Row]:
    """Disconnect all members, reconnect them at once, and return the cost."""
    crowd.disconnect()
    meter = target.meter()
    try:
        await crowd.gather(target.port, at_once=len(crowd.members))
    except TimeoutError:
        crowd.rooms[0][0].fault("not everybody could reconnect at once")
        return []
    usage = meter.stop()
    return [
        Row("all coming back at once, CPU", usage.server, "s", "less", usage),
        Row("all coming back at once, time", usage.wall, "s", "less", usage),
    ]
