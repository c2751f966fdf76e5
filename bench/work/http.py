"""HTTP: a room's page, the list of rooms, a page of history and a durable post."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from itertools import count

from bench.load.http import HttpClient, repeat, request
from bench.peers import Target
from bench.work.measuring import Pace, Row, crowd_at

CASES = {
    "a room's page": lambda token: partial(request, "GET", "/rooms/room-1/"),
    "the list of 50 rooms": lambda token: partial(request, "GET", "/api/v1/rooms"),
    "50 messages of history": lambda token: partial(
        request, "GET", "/api/v1/rooms/room-1/messages?limit=50"
    ),
    "a durable post": lambda token: partial(post, token, count(1)),
}
CONNECTIONS = 8
ROOMS = 50
MESSAGES = 60
ABSENT = {404, 405}


def peers(case) -> list[str]:
    return ["chatsite"]


def post(token: str, numbers: count) -> bytes:
    """Return the next post, with a new id."""
    number = next(numbers)
    # In the form of a member's messages; no member has the number 0.
    body = {"id": f"0-{number}", "body": f"0 {number} ".ljust(64, ".")}
    return request("POST", "/api/v1/rooms/room-1/messages", body, token)


async def measure(target: Target, case: Callable, pace: Pace) -> list[Row]:
    """Return requests per CPU-second of the server; nothing where it has no such endpoint."""
    async with crowd_at(target, 1, senders=1, rooms=ROOMS) as crowd:
        writer = crowd.senders[0]
        while writer.sent < MESSAGES:
            writer.send_message()
        await crowd.quiet()
        make = case(writer.token)
        async with HttpClient(target.port) as client:
            if await client.fetch(make()) in ABSENT:
                return []
        return [await rate(target, make, pace)]


async def rate(target: Target, make: Callable[[], bytes], pace: Pace) -> Row:
    statuses: Counter[int] = Counter()
    async with requests_under_way(target.port, make, lambda status: statuses.update([status])):
        await asyncio.sleep(pace.warm_up)
        statuses.clear()
        meter = target.meter()
        await asyncio.sleep(pace.measure)
        usage, responses = meter.stop(), statuses.copy()
    faults = [f"{times} responses {status}" for status, times in responses.items() if status >= 300]
    per_second = responses.total() / usage.server
    return Row("8 connections", per_second, "requests/CPU-s", usage=usage, faults=faults)


@asynccontextmanager
async def requests_under_way(
    port: int, make: Callable[[], bytes], on_status: Callable[[int], None]
) -> AsyncIterator[None]:
    """Keep one request in progress on each of the connections."""
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(HttpClient(port)) for _ in range(CONNECTIONS)]
        tasks = [asyncio.create_task(repeat(client, make, on_status)) for client in clients]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
