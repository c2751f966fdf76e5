"""What a terminal shows of a message: all of it, once, and nothing that could deceive."""

import json
from itertools import count
from unittest import mock

from asgiref.sync import sync_to_async

from chat import log
from chat.cluster import announce
from chat.consumers.lines import LineWriter, TextLine
from chat.live.follower import State
from chat.live.rights import Rights
from chat.models import Message
from chat.protocol import Frame
from tests.support.rooms import fill
from tests.support.sockets import SocketTestCase, connect
from tests.support.terminals import terminal, terminal_and_page


class LineTests(SocketTestCase):
    rooms = (f"room-{number}" for number in count(1))

    async def shown(self, body: str) -> str:
        async with terminal_and_page(next(self.rooms)) as (ana, ion):
            await ion.send(body)
            return await ana.line()

    async def test_further_lines_cannot_pass_for_another_author(self):
        for ending in ("\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"):
            with self.subTest(ending=ending):
                shown = await self.shown(f"one{ending}Eva: I owe Ion 5")
                assert shown == "Ion: one\n  Eva: I owe Ion 5"

    async def test_a_text_cannot_control_the_terminal(self):
        assert await self.shown("\x1b[2J\x07 \x9b31m\x7f") == "Ion: ␛[2J␇ �31m�"

    async def test_letters_tabs_and_emoji_are_shown_as_typed(self):
        for body in ("a\tb", "नमस्ते", "👩‍👩‍👧 ok", "שלום"):
            assert await self.shown(body) == f"Ion: {body}"

    async def test_an_edit_and_a_deletion_are_told_and_nothing_else_of_old_messages(self):
        await fill("lobby", 2)
        async with terminal_and_page() as (ana, ion):
            first = await ion.send("first")
            await ana.reads("Ion: first")
            edit = {"room": "lobby", "seq": first["seq"]}
            await ion.request("edit", **edit, body="better\nand longer")
            await ion.request("edit", **edit, body="better\nand longer")
            await ana.reads("Ion (edited): better\n  and longer")
            for body in ("m1", "better\nand longer"):
                await sync_to_async(delete_and_restore)(body)
            await ana.reads("* Past deleted a message", "* Ion deleted a message")
            await ion.request("delete", **edit)
            await ion.send("last")
            await ana.reads("* Ion deleted a message", "Ion: last")

    async def test_what_is_said_while_a_terminal_joins_comes_after_the_history(self):
        await fill("lobby", 3)
        check, said = Rights.check, []
        async with connect("Ion") as ion:
            await ion.join("lobby")

            async def check_late(self, follower):
                # Its page was read, and it does not follow the room yet.
                if follower.state is State.WAITING and not said:
                    said.append(await ion.send("m4"))
                await check(self, follower)

            with mock.patch.object(Rights, "check", check_late):
                async with terminal(name="Ana", history="2") as ana:
                    await ana.reads("* You joined lobby as Ana", "Past: m2", "Past: m3", "Ion: m4")
                    await ion.send("m5")
                    await ana.reads("Ion: m5")
        assert said

    async def test_a_reply_comes_below_the_beginning_of_what_it_replies_to(self):
        async with terminal_and_page() as (ana, ion):
            first = await ion.send("where\n  shall we\x1b meet? " + "x" * 60)
            await ana.line()
            reply = await ion.send("there", reply_to=first["seq"])
            await ana.reads(f"> {'where shall we␛ meet? ' + 'x' * 38}\nIon: there")
            await ion.request("edit", room="lobby", seq=reply["seq"], body="here")
            await ana.reads("Ion (edited): here")
            await ion.request("delete", room="lobby", seq=first["seq"])
            await ana.reads("* Ion deleted a message")
            await ion.send("or there", reply_to=first["seq"])
            await ana.reads("> (deleted)\nIon: or there")
            async with terminal(name="Eva", history="1") as eva:
                await eva.reads("* You joined lobby as Eva", "> (deleted)\nIon: or there")

    async def test_an_edit_from_before_is_not_told_when_the_message_changes_again(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            first = await ion.send("first")
            await ion.request("edit", room="lobby", seq=first["seq"], body="better")
            async with terminal(name="Ana") as ana:
                await ana.reads("* You joined lobby as Ana")
                await sync_to_async(delete_and_restore)("better")
                await ion.send("last")
                await ana.reads("* Ion deleted a message", "Ion: last")

    async def test_what_changed_before_a_slow_terminal_reads_it_is_read_as_it_is(self):
        with mock.patch("chat.live.tail.TAIL_EVENTS", 8):
            async with terminal_and_page(buffer=1) as (ana, ion):
                texts = [f"m{number}" for number in range(30)]
                acks = [await ion.send(body) for body in texts]
                await ion.request("edit", room="lobby", seq=acks[-1]["seq"], body="changed")
                await ion.request("delete", room="lobby", seq=acks[-2]["seq"])
                await ana.reads(*(f"Ion: {body}" for body in texts[:-2]), "Ion: changed")
                await ana.reads_nothing()

    async def test_changed_messages_are_shown_if_new_to_the_reader(self):
        sent, author = [], {"id": "i", "name": "Ion", "kind": "guest"}
        room = {"seq": 5, "epoch": "e", "version": 5}

        async def send(message: dict) -> None:
            sent.append(message["text"])

        writer = LineWriter(send, lambda: None)
        writer.write(Frame([json.dumps({"type": "joined", "id": "join", "room": room})]))
        writer.begin("a", TextLine("begun"))
        # 6 was changed before it arrived, so 7 arrived before it.
        for version, seq in enumerate((7, 6, 6, 5, 1, 7, 8), 6):
            message = {
                "seq": seq,
                "version": version,
                "id": "x",
                "author": author,
                "body": f"m{seq}",
                "edited_at": None,
                "deleted": False,
            }
            event = {"type": "message", "version": version, "message": message}
            writer.write(Frame([json.dumps(event)]))
        assert sent == ["begun", "Ion: m7", "Ion: m6", "Ion: m8"]


def delete_and_restore(body: str) -> None:
    """Delete a message and restore it, as the admin does."""
    message = Message.objects.get(body=body)
    announce.message_changed(log.delete(message.pk))
    announce.message_changed(log.restore(message.pk))


class SlowReaderTests(SocketTestCase):
    async def test_a_slow_terminal_misses_and_repeats_nothing(self):
        texts = [f"m{number}" for number in range(60)]
        with mock.patch("chat.live.tail.TAIL_EVENTS", 8):
            async with terminal_and_page(buffer=1) as (ana, ion):
                for body in texts:
                    await ion.send(body)
                await ana.reads(*(f"Ion: {body}" for body in texts))
                await ana.reads_nothing()
