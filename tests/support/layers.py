"""Channel layers that treat hints badly, as networks and dying servers do."""

import asyncio
import random

from channels.layers import InMemoryChannelLayer

from chat.hints import PATIENCE


class FaultyLayer(InMemoryChannelLayer):
    """Drops, doubles and delays (so reorders) what groups are sent, by the dice of a seed.

    Several ChatServers given the same layer are processes that hear each other this badly.
    """

    FATES = ("deliver", "drop", "double", "delay")

    def __init__(self, seed: int = 0, fates: tuple[str, ...] = FATES):
        super().__init__(capacity=1000)
        self.fates = fates
        self._dice = random.Random(seed)

    async def group_send(self, group, message):
        fate = self._dice.choice(self.fates)
        if fate == "delay":
            loop, delay = asyncio.get_running_loop(), self._dice.uniform(0.001, 0.02)
            loop.call_later(delay, lambda: loop.create_task(self._deliver(group, message)))
        for _ in range({"deliver": 1, "double": 2}.get(fate, 0)):
            await self._deliver(group, message)

    async def _deliver(self, group, message):
        await super().group_send(group, message)


class HangingLayer(InMemoryChannelLayer):
    """Takes what it is sent and never answers: a paused Redis."""

    async def group_send(self, group, message):
        await asyncio.sleep(60 * PATIENCE)

    group_add = group_discard = group_send
