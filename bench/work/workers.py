"""Two processes against one, on one Redis and one database: the cost of another process."""

from bench.work.fanout import measure

__all__ = ["CASES", "measure", "peers"]

CASES = {"200 members": 200, "1,000 members": 1000}


def peers(members: int) -> list[str]:
    return ["chatsite", "chatsite-2-workers"]
