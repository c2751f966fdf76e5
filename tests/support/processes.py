"""Several "processes" inside one test: chat servers that share a layer and a database.

The functions below act on one of them, or return what its parts keep to themselves.
"""

import asyncio
from contextlib import asynccontextmanager

from chat.cluster.hints import SITE, room_group
from chat.cluster.transport import HintTransport
from chat.live.server import ChatServer
from tests.support.layers import FaultyLayer

DEADLINE = 10.0


@asynccontextmanager
async def processes(number: int, layer: FaultyLayer):
    """Start `number` chat servers on one layer; stop them and close it at the end."""
    servers = [ChatServer(layer) for _ in range(number)]
    for server in servers:
        await server.start()
        server.limiter.enabled = False
    try:
        yield servers
    finally:
        for server in servers:
            await server.stop()
        await layer.close()


async def eventually(condition, what: str, seconds: float = DEADLINE) -> None:
    """Wait until `condition()` is true; fail with `what` when it is not in time."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"{what} did not come in {seconds} s") from None


# The clock


def tick(server: ChatServer, now: float = 0.0) -> None:
    """Tick once: send a heartbeat when it is due at `now`, and release unused rooms."""
    server._clock._tick(now)


def has_polled(server: ChatServer) -> bool:
    """Return whether the process has polled the database since its start."""
    return server._clock._polled_at > 0


def postpone_poll(server: ChatServer) -> None:
    """Postpone the next poll of the database to a whole interval from now."""
    server._clock._polled_at = asyncio.get_running_loop().time()


async def silence(server: ChatServer) -> None:
    """Stop ticks, polls and hints, as in a process that hangs."""
    server._clock.stop()
    await server.hints.stop()


# People and rooms


def remove_everybody(server: ChatServer) -> None:
    """Remove all people of the process from its rooms, as after the leave delay."""
    for room_id, people in tuple(server.presence._own.items()):
        for user_id in tuple(people):
            server.presence.remove(room_id, user_id)


def has_typists(server: ChatServer) -> bool:
    """Return whether the process remembers anybody as typing."""
    return bool(server.typists._until)


# Hints and tasks


def subscriptions(server: ChatServer) -> set[str]:
    """Return the groups of the layer that the process is subscribed to, but for the site's."""
    return server.hints._groups - {SITE}


def is_subscribed(server: ChatServer, room_id: int) -> bool:
    """Return whether the layer has the process in a room's group."""
    channels = server.hints.layer.groups.get(room_group(room_id), {})
    return server.hints._channel in channels


def has_unsent_hints(hints: HintTransport) -> bool:
    """Return whether hints wait to be sent."""
    return bool(hints._waiting)


def has_feed_tasks(server: ChatServer) -> bool:
    """Return whether the feed has tasks under way: reads of the log or unsubscriptions."""
    return bool(server.feed._background._tasks)


def resources(server: ChatServer) -> dict:
    """Return what the process holds for its clients, by kind."""
    return {
        "connections": len(server.registry.connections),
        "people": len(server.registry.people()),
        "streams": len(server.feed.streams()),
        "rooms with people": len(server.presence.occupied()),
        "rooms shown": len(server.presence._shown),
        "groups": subscriptions(server),
    }
