"""What a terminal shows of a message: all of it, once, and nothing that could deceive."""

import json
from itertools import count
from unittest import mock

from asgiref.sync import sync_to_async

from chat import log
from chat.cluster import announce
from chat.consumers.lines import Line, LineWriter
from chat.models import Message
from chat.protocol import Frame
from tests.support.rooms import fill
from tests.support.sockets import SocketTestCase
from tests.support.terminals import terminal_and_page


class ShowingTests(SocketTestCase):
    rooms = (f"room-{number}" for number in count(1))

    async def shown(self, body: str) -> str:
        async with terminal_and_page(next(self.rooms)) as (ana, ion):
            await ion.send(body)
            return await ana.line()

    async def test_a_text_of_several_lines_is_one_frame_in_which_nobody_else_speaks(self):
        for ending in ("\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"):
            with self.subTest(ending=ending):
                shown = await self.shown(f"one{ending}Eva: I owe Ion 5")
                assert shown == "Ion: one\n  Eva: I owe Ion 5"

    async def test_a_text_cannot_steer_the_terminal(self):
        assert await self.shown("\x1b[2J\x07 \x9b31m\x7f") == "Ion: ␛[2J␇ �31m�"

    async def test_letters_tabs_and_emoji_stay_as_they_were_typed(self):
        for body in ("a\tb", "नमस्ते", "👩‍👩‍👧 ok", "שלום"):
            assert await self.shown(body) == f"Ion: {body}"

    async def test_a_change_to_an_old_message_is_no_line(self):
        await fill("lobby", 2)
        async with terminal_and_page() as (ana, ion):
            await ion.send("third")
            await ana.reads("Ion: third")
            for body in ("m1", "third"):
                await sync_to_async(delete_and_restore)(body)
            await ion.send("fourth")
            await ana.reads("Ion: fourth")

    async def test_of_changed_messages_only_those_are_told_that_came_after_joining(self):
        told, author = [], {"id": "i", "name": "Ion", "kind": "guest"}

        async def send(message: dict) -> None:
            told.append(message["text"])

        writer = LineWriter(send, lambda: None)
        writer.write(
            Frame([json.dumps({"type": "joined", "id": "join", "room": {"seq": 5, "epoch": "e"}})])
        )
        writer.begin("a", Line("begun"))
        # 6 was changed before it came, so 7 came before it.
        for seq in (7, 6, 6, 5, 1, 7, 8):
            message = {"seq": seq, "id": "x", "author": author, "body": f"m{seq}", "deleted": False}
            writer.write(Frame([json.dumps({"type": "message", "message": message})]))
        assert told == ["begun", "Ion: m7", "Ion: m6", "Ion: m8"]


def delete_and_restore(body: str) -> None:
    """Take a message away and put it back, as the admin does, everywhere at once."""
    message = Message.objects.get(body=body)
    announce.message_changed(log.delete(message.pk))
    announce.message_changed(log.restore(message.pk))


class FallingBehindTests(SocketTestCase):
    async def test_a_terminal_that_did_not_read_misses_nothing_and_hears_nothing_twice(self):
        said = [f"m{number}" for number in range(60)]
        with mock.patch("chat.live.tail.TAIL_EVENTS", 8):
            async with terminal_and_page(line=1) as (ana, ion):
                for body in said:
                    await ion.send(body)
                await ana.reads(*(f"Ion: {body}" for body in said))
                await ana.reads_nothing()
