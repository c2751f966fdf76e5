"""Channel layers that lose, double and delay hints, as networks and dying servers do."""

import asyncio
import random

from channels.layers import InMemoryChannelLayer


class FaultyLayer(InMemoryChannelLayer):
    """Drops, doubles and delays (so reorders) what groups are sent, at random from a seed.

    ChatServers with the same layer are processes with this bad connection.
    """

    FATES = ("deliver", "drop", "double", "delay")

    def __init__(self, seed: int = 0, fates: tuple[str, ...] = FATES):
        super().__init__(capacity=1000)
        self.fates = fates
        self._dice = random.Random(seed)
        self._late: set[asyncio.Task] = set()

    async def group_send(self, group, message):
        fate = self._dice.choice(self.fates)
        if fate == "delay":
            task = asyncio.create_task(self._deliver_late(group, message))
            self._late.add(task)
            task.add_done_callback(self._late.discard)
        for _ in range({"deliver": 1, "double": 2}.get(fate, 0)):
            await self._deliver(group, message)

    async def close(self) -> None:
        """Cancel what is still delayed."""
        for task in tuple(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _deliver_late(self, group, message):
        await asyncio.sleep(self._dice.uniform(0.001, 0.02))
        await self._deliver(group, message)

    async def _deliver(self, group, message):
        await super().group_send(group, message)
