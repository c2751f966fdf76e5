"""Durable messages: acknowledged messages a second of the clock."""

from bench.peers import Target
from bench.work.measuring import Pace, Row, closed_loop, crowd_at

CASES = {"20 members, 10 senders, window 10": (20, 10, 10), "one alone, window 1": (1, 1, 1)}


def peers(case: tuple[int, int, int]) -> list[str]:
    # Socket.IO without storage is not durable: it shows what durability costs.
    return ["chatsite", "socketio-sqlite", "socketio", "chatsite-postgres", "chatsite-daphne"]


async def measure(target: Target, case: tuple[int, int, int], pace: Pace) -> list[Row]:
    """Return how many messages a second were acknowledged."""
    members, senders, window = case
    async with crowd_at(target, members, senders) as crowd:
        talk = await closed_loop(target, crowd, window, pace)
        faults = crowd.faults()
    rate = talk.acknowledged / talk.usage.wall
    return [Row("acknowledged", rate, "messages/s", usage=talk.usage, faults=faults)]
