"""What becomes of hints while the layer hangs: nothing gathers, and nothing old is told late."""

import asyncio
from contextlib import asynccontextmanager
from unittest import IsolatedAsyncioTestCase, mock

from chat.cluster.hints import Hints
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually


class HangingLayer(FaultyLayer):
    """Takes hints for as long as it does not hang."""

    def __init__(self):
        super().__init__(fates=("deliver",))
        self.hangs, self.tried, self.told = False, 0, []

    async def group_send(self, group, message):
        self.tried += 1
        if self.hangs:
            await asyncio.sleep(100)
        self.told += [hint["kind"] for hint in message["hints"]]


@asynccontextmanager
async def line(layer: HangingLayer):
    """The hints of a process that has company."""
    hints = Hints(layer)
    await hints.start()
    hints._take({"kind": "beat", "of": "another", "rooms": []})
    try:
        yield hints
    finally:
        await hints.stop()


class HangingTests(IsolatedAsyncioTestCase):
    async def test_what_waits_behind_a_hint_that_could_not_be_sent_is_let_go(self):
        layer = HangingLayer()
        with mock.patch("chat.cluster.hints.PATIENCE", 0.05):
            async with line(layer) as hints:
                await eventually(lambda: layer.told == ["echo"], "the first echo")
                layer.hangs = True
                for number in range(50):
                    hints.publish(f"chat.room.{number}", "old")
                await eventually(lambda: layer.tried > 1, "the try")
                await eventually(lambda: not hints._waiting, "the end of the waiting", 1)
                layer.hangs = False
                hints.publish("chat.room.1", "new")
                await eventually(lambda: "new" in layer.told, "what is said then", 1)
        assert "old" not in layer.told
