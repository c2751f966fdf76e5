"""Slow readers: they delay nobody, receive what they missed, and are closed after a while."""

from unittest import mock

from chat.live.stream import CHUNK, WINDOW_BYTES, WINDOW_EVENTS
from chat.rules.errors import CloseCode
from tests.support.rooms import bodies
from tests.support.sockets import Socket, SocketTestCase, connect

short_timeouts = (
    mock.patch("chat.connection.connection.PROGRESS_WITHIN", 0.1),
    mock.patch("chat.live.clock.TICK", 0.02),
)
BATCH = 50


async def send_all(sender: Socket, texts: list[str]) -> None:
    """Send messages a batch at a time: the next when its sender has received the last."""
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        for command in [
            await sender.send_command("send", room=sender.room, body=body) for body in batch
        ]:
            await sender.reply_to(command)
        await sender.receives_messages(*batch)


def texts_in(events: list[dict]) -> list[str]:
    return [event["message"]["body"] for event in events if event["type"] == "message"]


class WindowTests(SocketTestCase):
    texts = [f"m{number}" for number in range(1, 701)]

    async def test_a_client_that_reports_receipt_has_one_window_in_flight(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ion.send_command("received", room="lobby", version=0)
            await send_all(ana, self.texts)
            received = texts_in(await ion.all_events())
            assert WINDOW_EVENTS < len(received) <= WINDOW_EVENTS + BATCH
            while len(received) < len(self.texts):
                await ion.send_command("received", room="lobby", version=len(received))
                more = texts_in(await ion.all_events())
                assert len(more) <= WINDOW_EVENTS + CHUNK
                received += more
            assert received == self.texts

    async def test_a_client_that_reports_nothing_receives_everything(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await send_all(ana, self.texts)
            await ion.receives_messages(*self.texts)

    async def test_large_messages_fill_a_window_sooner(self):
        large = [f"{number} ".ljust(4000, "x") for number in range(200)]
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ion.send_command("received", room="lobby", version=0)
            await send_all(ana, large)
            received = texts_in(await ion.all_events())
            assert received == large[: len(received)]
            assert WINDOW_BYTES / 4400 < len(received) <= WINDOW_BYTES / 4000 + BATCH
            while len(received) < len(large):
                await ion.send_command("received", room="lobby", version=len(received))
                received += texts_in(await ion.all_events())
            assert received == large

    async def test_a_client_without_progress_is_closed_and_may_reconnect(self):
        with short_timeouts[0], short_timeouts[1]:
            async with connect("Ana") as ana, connect("Ion") as ion:
                await ana.join("lobby")
                await ion.join("lobby")
                await ion.send_command("received", room="lobby", version=0)
                await send_all(ana, self.texts[: WINDOW_EVENTS + 1])
                assert await ion.closed() == CloseCode.STALLED


class NotReadingTests(SocketTestCase):
    """A client that does not read its frames at all."""

    async def test_a_client_that_reads_late_delays_nobody_and_misses_nothing(self):
        texts = [f"m{number}" for number in range(300)]
        async with (
            connect("Ana") as ana,
            connect("Ion") as ion,
            connect("Eva", buffer=1) as eva,
        ):
            for person in (ana, ion, eva):
                await person.join("lobby")
            await send_all(ana, texts)
            await ion.receives_messages(*texts)
            await eva.receives_messages(*texts)

    async def test_commands_of_a_client_that_does_not_read_wait(self):
        """Otherwise the replies to its commands would accumulate in memory without end."""
        async with connect("Ana") as ana, connect("Eva", buffer=1) as eva:
            for _ in range(50):
                await eva.send_command("ping")
                await ana.request("ping")
            assert eva.communicator.input_queue.qsize() > 40
            for _ in range(50):
                await eva.next("pong")

    async def test_a_client_that_lags_far_behind_is_resynchronised_unasked(self):
        texts = [f"m{number}" for number in range(60)]
        with mock.patch("chat.live.tail.TAIL_EVENTS", 8):
            async with connect("Ana") as ana, connect("Eva", buffer=1) as eva:
                await ana.join("lobby")
                await eva.join("lobby")
                for body in texts:
                    await send_all(ana, [body])
                joined = await eva.next("joined")
                assert "id" not in joined
                assert joined["reset"] is False
                assert texts_in(eva.unread) + bodies(joined) == texts
                eva.unread.clear()
                await send_all(ana, ["live again"])
                await eva.receives_messages("live again")

    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.05)
    async def test_a_client_that_never_reads_again_is_closed(self):
        with short_timeouts[0], short_timeouts[1]:
            async with connect("Ana") as ana, connect("Eva", buffer=1) as eva:
                await ana.join("lobby")
                await eva.join("lobby")
                await ana.next("presence")
                for number in range(3):
                    await send_all(ana, [f"m{number}"])
                assert (await ana.next("presence"))["left"] == [eva.user]
                assert await eva.closed() == CloseCode.STALLED
