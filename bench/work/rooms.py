"""Many small rooms with traffic everywhere: a sender in each of a thousand rooms of ten."""

from bench.peers import Target
from bench.work.measuring import Pace, Row, closed_loop, crowd_at, open_loop

CASES = {"1,000 rooms of 10": 1000}
MEMBERS = 10
RATE = 200


def peers(rooms: int) -> list[str]:
    return ["chatsite", "socketio-sqlite", "socketio"]


async def measure(target: Target, rooms: int, pace: Pace) -> list[Row]:
    """Return the throughput of all rooms with window 1, and the latency at a fixed rate."""
    async with crowd_at(target, MEMBERS, senders=1, rooms=pace.crowd(rooms)) as crowd:
        latencies = await open_loop(target, crowd, RATE, pace)
        talk = await closed_loop(target, crowd, 1, pace)
        faults, usage = crowd.faults(), talk.usage
    return [
        Row("window 1", talk.delivered / usage.server, "deliveries/CPU-s", usage=usage),
        Row("window 1", talk.acknowledged / usage.wall, "messages/s", usage=usage, faults=faults),
        *latencies,
    ]
