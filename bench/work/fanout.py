"""Fan-out: ten senders in one room, as fast as their windows allow."""

from bench.peers import Target
from bench.work.measuring import Pace, Row, closed_loop, crowd_at

CASES = {"20 members": 20, "200 members": 200, "1,000 members": 1000, "5,000 members": 5000}
SENDERS = 10
WINDOWS = (1, 10)

# The tutorial needs a second for each message to 5,000.
TUTORIAL_LIMIT = 1000


def peers(members: int) -> list[str]:
    names = [
        "chatsite",
        "chatsite-socketio",
        "socketio-sqlite",
        "socketio",
        "nchan",
        "nchan-undelayed",
        "chatsite-daphne",
    ]
    slow = ["channels-core", "channels-pubsub"]
    return names + slow * (members <= TUTORIAL_LIMIT)


async def measure(target: Target, members: int, pace: Pace) -> list[Row]:
    """Return deliveries per CPU-second of the server and per second of wall time."""
    rows = []
    async with crowd_at(target, members, SENDERS) as crowd:
        for window in WINDOWS:
            talk = await closed_loop(target, crowd, window, pace)
            name, usage = f"window {window}", talk.usage
            rows += [
                Row(name, talk.delivered / usage.server, "deliveries/CPU-s", usage=usage),
                Row(name, talk.delivered / usage.wall, "deliveries/s", usage=usage),
            ]
        rows[-1].faults = crowd.faults()
    return rows
