"""Slow readers: never a burden to the others, never without what they missed, and not for ever."""

from unittest import mock

from chat.live.stream import CHUNK, WINDOW_BYTES, WINDOW_EVENTS
from chat.rules.errors import CloseCode
from tests.support.rooms import bodies
from tests.support.sockets import Socket, SocketTestCase, connect

impatient = (
    mock.patch("chat.connection.connection.PROGRESS_WITHIN", 0.1),
    mock.patch("chat.live.server.TICK", 0.02),
)
PORTION = 50


async def say_all(sender: Socket, said: list[str]) -> None:
    """Say many things, a portion at a time: the next when one has been heard by all who can."""
    for start in range(0, len(said), PORTION):
        portion = said[start : start + PORTION]
        for command in [await sender.say("send", room=sender.room, body=body) for body in portion]:
            await sender.answer(command)
        await sender.hears(*portion)


def said_in(events: list[dict]) -> list[str]:
    return [event["message"]["body"] for event in events if event["type"] == "message"]


class WindowTests(SocketTestCase):
    said = [f"m{number}" for number in range(1, 701)]

    async def test_who_tells_what_they_received_has_a_window_under_way_and_goes_on(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ion.say("received", room="lobby", version=0)
            await say_all(ana, self.said)
            heard = said_in(await ion.everything())
            assert WINDOW_EVENTS < len(heard) <= WINDOW_EVENTS + PORTION
            while len(heard) < len(self.said):
                await ion.say("received", room="lobby", version=len(heard))
                more = said_in(await ion.everything())
                assert len(more) <= WINDOW_EVENTS + CHUNK
                heard += more
            assert heard == self.said

    async def test_who_tells_nothing_is_told_everything(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await say_all(ana, self.said)
            await ion.hears(*self.said)

    async def test_a_window_is_full_of_large_messages_sooner(self):
        large = [f"{number} ".ljust(4000, "x") for number in range(200)]
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ion.say("received", room="lobby", version=0)
            await say_all(ana, large)
            heard = said_in(await ion.everything())
            assert heard == large[: len(heard)]
            assert WINDOW_BYTES / 4400 < len(heard) <= WINDOW_BYTES / 4000 + PORTION
            while len(heard) < len(large):
                await ion.say("received", room="lobby", version=len(heard))
                heard += said_in(await ion.everything())
            assert heard == large

    async def test_who_shows_no_progress_is_sent_away_to_come_back(self):
        with impatient[0], impatient[1]:
            async with connect("Ana") as ana, connect("Ion") as ion:
                await ana.join("lobby")
                await ion.join("lobby")
                await ion.say("received", room="lobby", version=0)
                await say_all(ana, self.said[: WINDOW_EVENTS + 1])
                assert await ion.closed() == CloseCode.STALLED


class DeafClientTests(SocketTestCase):
    """A client that does not take the frames off the line at all."""

    async def test_who_does_not_read_delays_nobody_and_misses_nothing(self):
        said = [f"m{number}" for number in range(300)]
        async with (
            connect("Ana") as ana,
            connect("Ion") as ion,
            connect("Eva", line=1) as eva,
        ):
            for person in (ana, ion, eva):
                await person.join("lobby")
            await say_all(ana, said)
            await ion.hears(*said)
            await eva.hears(*said)

    async def test_who_does_not_read_is_not_listened_to_either(self):
        """Else the answers to what they go on asking would wait in memory without end."""
        async with connect("Ana") as ana, connect("Eva", line=1) as eva:
            for _ in range(50):
                await eva.say("ping")
                await ana.ask("ping")
            assert eva.communicator.input_queue.qsize() > 40
            for _ in range(50):
                await eva.next("pong")

    async def test_whom_the_room_has_left_far_behind_is_resynchronised_unasked(self):
        said = [f"m{number}" for number in range(60)]
        with mock.patch("chat.live.tail.TAIL_EVENTS", 8):
            async with connect("Ana") as ana, connect("Eva", line=1) as eva:
                await ana.join("lobby")
                await eva.join("lobby")
                for body in said:
                    await say_all(ana, [body])
                joined = await eva.next("joined")
                assert "id" not in joined
                assert joined["reset"] is False
                assert said_in(eva.unread) + bodies(joined) == said
                eva.unread.clear()
                await say_all(ana, ["live again"])
                await eva.hears("live again")

    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.05)
    async def test_who_never_reads_again_is_sent_away(self):
        with impatient[0], impatient[1]:
            async with connect("Ana") as ana, connect("Eva", line=1) as eva:
                await ana.join("lobby")
                await eva.join("lobby")
                await ana.next("presence")
                for number in range(3):
                    await say_all(ana, [f"m{number}"])
                assert (await ana.next("presence"))["left"] == [eva.user]
                assert await eva.closed() == CloseCode.STALLED
