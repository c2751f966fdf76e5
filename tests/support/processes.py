"""Several processes of the site inside one test: chat servers that share a layer and a database."""

import asyncio
from contextlib import asynccontextmanager

from chat.live.server import ChatServer
from tests.support.layers import FaultyLayer

DEADLINE = 10.0


@asynccontextmanager
async def processes(number: int, layer: FaultyLayer):
    """Start `number` chat servers on one layer; stop them, and let go of everything, at the end."""
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
    """Wait until `condition()` holds; fail naming `what` when it does not in time."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.002)
    except TimeoutError:
        raise AssertionError(f"{what} did not come in {seconds} s") from None
