"""Hints while the layer hangs or is missing: none accumulate or are late, and the log says so."""

import asyncio
from contextlib import asynccontextmanager, suppress
from unittest import IsolatedAsyncioTestCase, mock

from chat.cluster.hints import Heartbeat, PresenceWanted, RoomChanged, encode
from chat.cluster.transport import HintTransport
from tests.support.layers import FaultyLayer
from tests.support.processes import eventually, has_unsent_hints


class HangingLayer(FaultyLayer):
    """A layer that takes hints unless it `hangs`; it counts the attempts."""

    def __init__(self):
        super().__init__(fates=("deliver",))
        self.hangs, self.attempts, self.sent = False, 0, []

    async def group_send(self, group, message):
        self.attempts += 1
        if self.hangs:
            await asyncio.sleep(100)
        self.sent += [hint["kind"] for hint in message["hints"]]


@asynccontextmanager
async def transport(layer: HangingLayer):
    """The hints of a process that has a peer."""
    hints = HintTransport(layer)
    await hints.start()
    hints.receive_hint(encode(Heartbeat([]), "another"))
    try:
        yield hints
    finally:
        await hints.stop()


class HangingTests(IsolatedAsyncioTestCase):
    async def test_hints_queued_after_one_that_could_not_be_sent_are_dropped(self):
        layer = HangingLayer()
        with mock.patch("chat.cluster.transport.TIMEOUT", 0.05):
            async with transport(layer) as hints:
                await eventually(lambda: layer.sent == ["Echo"], "the first echo")
                layer.hangs = True
                for number in range(50):
                    hints.publish(RoomChanged(number))
                await eventually(lambda: layer.attempts > 1, "an attempt")
                await eventually(lambda: not has_unsent_hints(hints), "an empty queue", 1)
                layer.hangs = False
                hints.publish(PresenceWanted(1))
                await eventually(lambda: "PresenceWanted" in layer.sent, "the next hint", 1)
        assert "RoomChanged" not in layer.sent


class DeafLayer(HangingLayer):
    """A layer that drops the first cancellation, as redis-py may in Python 3.11."""

    async def group_send(self, group, message):
        with suppress(asyncio.CancelledError):
            await super().group_send(group, message)


class StoppingTests(IsolatedAsyncioTestCase):
    async def test_a_layer_that_drops_a_cancellation_does_not_keep_a_process_from_ending(self):
        layer = DeafLayer()
        layer.hangs = True
        hints = HintTransport(layer)
        await hints.start()
        await eventually(lambda: layer.attempts == 1, "the first echo")
        with mock.patch("chat.cluster.transport.TIMEOUT", 0.05):
            async with asyncio.timeout(5):
                await hints.stop()


class ReturningTests(IsolatedAsyncioTestCase):
    @mock.patch("chat.cluster.transport.ECHO_EVERY", 0.02)
    @mock.patch("chat.cluster.transport.DEAF_AFTER", 0.1)
    @mock.patch("chat.cluster.transport.SILENT_AFTER", 0.3)
    async def test_after_the_layers_return_there_may_be_peers_that_have_not_noticed_it_yet(self):
        layer = FaultyLayer(fates=("deliver",))
        hints = HintTransport(layer)
        await hints.start()
        assert hints.may_have_peers
        layer.fates = ("drop",)
        await eventually(lambda: hints.is_deaf, "the silence")
        await eventually(lambda: not hints.may_have_peers, "the end of the wait for peers")
        layer.fates = ("deliver",)
        await eventually(lambda: not hints.is_deaf, "the return")
        assert hints.may_have_peers
        assert not hints.has_peers
        await eventually(lambda: not hints.may_have_peers, "the end of the wait for peers")
        await hints.stop()


class MissingLayer(FaultyLayer):
    """A layer that nobody can reach."""

    async def new_channel(self, prefix="specific."):
        raise ConnectionError("Error 111 connecting to 127.0.0.1:6379.")


class MissingTests(IsolatedAsyncioTestCase):
    async def test_a_layer_that_is_missing_at_the_start_is_logged_with_the_reason(self):
        hints = HintTransport(MissingLayer(fates=("deliver",)))
        with self.assertLogs("chat.cluster.transport", "WARNING") as logged:
            await hints.start()
        await hints.stop()
        [record] = logged.records
        assert "silent" in record.getMessage()
        assert "Error 111 connecting" in record.getMessage()

    async def test_a_layer_that_is_there_at_the_start_is_not_mentioned(self):
        with self.assertNoLogs("chat.cluster.transport", "WARNING"):
            async with transport(HangingLayer()):
                pass
