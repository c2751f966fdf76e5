"""What the fuzz found, each as a case of its own."""

import asyncio
import json
from unittest import mock

import pytest
from asgiref.sync import sync_to_async

from chat import log
from chat.cluster import announce
from chat.consumers.lines import Line, LineWriter
from chat.live import server
from chat.models import Message, Person, Room
from chat.protocol import Frame, MessageEvent
from tests.api.support import new_guest
from tests.support.clients import RuleKeeper
from tests.support.layers import FaultyLayer
from tests.support.people import change_room, configure
from tests.support.processes import eventually, processes
from tests.support.rooms import fill
from tests.support.sockets import Socket, SocketTestCase, connect, open_socket
from tests.support.terminals import terminal_and_page


class RepeatTests(SocketTestCase):
    async def test_a_message_from_before_the_limit_was_lowered_is_acknowledged_when_repeated(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("x" * 20, id="1")
            await configure(max_body=10)
            await ana.next("site")
            again = await ana.send("x" * 20, id="1")
            assert again == first | {"duplicate": True}
            await ana.say("send", room="lobby", id="2", body="x" * 20)
            await ana.refused("too_long")

    async def test_so_it_is_over_http(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            first = await ana.says("x" * 20, id="1")
            await configure(max_body=10)
            await ion.next("site")
            again = await ana.says("x" * 20, id="1")
            assert (again.status, again["seq"]) == (200, first["seq"])
            (await ana.says("x" * 20, id="2")).refused(422, "too_long")


@mock.patch("chat.live.server.TICK", 3600)
class MovedRoomTests(SocketTestCase):
    async def test_what_is_said_before_a_move_is_told_comes_under_the_address_that_people_know(
        self,
    ):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await ion.join("tea")
            await Room.objects.aupdate(slug="coffee")
            await ana.send("where are we?")
            assert await self.known_by(ion, "where are we?") == "coffee"

    async def test_what_was_said_before_a_move_and_is_told_after_it_comes_under_the_new_address(
        self,
    ):
        async with connect("Ion") as ion:
            epoch = (await ion.join("tea"))["room"]["epoch"]
            await change_room("tea", slug="coffee")
            await ion.next("room")
            await fill("coffee", 1)
            row = await Message.objects.select_related("room", "author").aget()
            hint = {"room": row.room_id, "slug": "tea", "epoch": epoch, "first": 1}
            late = MessageEvent.of("tea", row).encode()
            (await server.current()).feed._on_changes(hint | {"texts": [late]})
            [event] = await ion.hears("m1")
            assert event["room"] == "coffee"

    async def known_by(self, person: Socket, body: str) -> str:
        """The address that somebody knows the room by in the end, having heard a message."""
        slug = person.room
        for event in await person.everything():
            if event["type"] == "room":
                assert event["was"] == slug
                slug = event["room"]["slug"]
            if event["type"] == "message":
                assert (event["room"], event["message"]["body"]) == (slug, body)
                body = None
        assert body is None, "It was not told."
        return slug

    async def test_who_left_a_room_that_moved_finds_another_at_its_old_address(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await change_room("tea", slug="coffee")
            await ana.next("room")
            await ana.ask("leave", room="coffee")
            await ion.join("tea")
            assert (await ana.join("tea"))["room"]["slug"] == "tea"
            await ion.send("hello")
            await ana.hears("hello")

    async def test_a_room_that_moved_and_was_deleted_keeps_nobody_from_its_old_address(self):
        async with connect("Ana") as ana:
            await ana.join("tea")
            await change_room("tea", slug="coffee")
            await ana.next("room")
            await delete_room("coffee")
            await ana.next("left")
            await ana.join("tea")
            await ana.send("begun anew")

    async def test_of_a_room_that_moved_and_began_anew_unheard_both_is_told(self):
        async with connect("Ana") as ana:
            await ana.join("tea")
            await Room.objects.aupdate(slug="coffee", epoch="another")
            running = await server.current()
            await running.feed.compare()
            assert (await ana.next("room"))["was"] == "tea"
            room = (await ana.next("joined"))["room"]
            assert (room["slug"], room["epoch"]) == ("coffee", "another")
            assert running.feed.room_at("tea") is None
            await ana.ask("send", room="coffee", body="here we are")
            await ana.hears("here we are")


@mock.patch("chat.live.server.TICK", 3600)
class ResumingTests(SocketTestCase):
    async def test_who_goes_while_they_are_brought_up_to_date_is_told_nothing_more(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await ion.join("tea")
            running = await server.current()
            [stream] = running.feed.streams()
            [place] = [f for f in stream.followers if f.sink.user.name == "Ana"]
            with (
                mock.patch.object(running.feed, "excerpt", side_effect=never),
                mock.patch.object(place.sink, "write") as told,
            ):
                place.sink.resynchronise(place)
                await ana.ask("ping")
                await ana.communicator.disconnect()
                await ion.send("hello")
                await ion.hears("hello")
                told.assert_not_called()

    async def test_what_was_read_of_a_log_before_it_began_anew_is_not_told(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            epoch = (await ana.join("tea"))["room"]["epoch"]
            running, room = await server.current(), await Room.objects.aget()
            read, begun = running.readers.run, []

            async def read_slowly(function, *args):
                result = await read(function, *args)
                if function is log.since and not begun:
                    begun.append(await read(log.begin_anew, room.pk, epoch))
                    await running.feed.compare()
                return result

            with mock.patch.object(running.readers, "run", read_slowly):
                joined = await ion.join("tea", after=5, epoch=epoch)
            assert joined["room"]["epoch"] == begun[0].epoch

    async def test_a_name_that_was_changed_unheard_is_told_to_newcomers_after_the_next_look(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await ana.send("hello")
            await ion.join("tea")
            await Person.objects.filter(name="Ana").aupdate(name="Maria")
            await (await server.current()).look()
            async with connect("Charlie") as charlie:
                [message] = (await charlie.join("tea"))["messages"]
                assert message["author"]["name"] == "Maria"


@mock.patch("chat.live.server.TICK", 3600)
class TerminalTests(SocketTestCase):
    async def test_in_a_log_from_a_backup_a_terminal_reads_on(self):
        async with terminal_and_page("tea") as (ana, ion):
            for body in ("one", "two", "three"):
                await ion.send(body)
                await ana.reads(f"Ion: {body}")
            await Message.objects.filter(seq__gt=1).adelete()
            await Room.objects.aupdate(version=1, last_seq=1)
            await (await server.current()).feed.compare()
            await ion.next("joined")
            await ion.send("two, once more")
            await ana.reads("Ion: two, once more")

    async def test_a_room_that_begins_anew_while_a_terminal_comes_in_lets_it_in(self):
        async with connect("Ion") as ion:
            joined = await ion.join("tea")
            del joined["id"]
            terminal = LineWriter(mock.AsyncMock(), lambda: None)
            answer = joined | {"id": "join"}
            terminal.write(Frame([json.dumps(joined), json.dumps(answer)]))
            assert terminal.answers == {"join": answer}

    async def test_a_changed_message_is_told_although_the_room_began_anew_before_it_came(self):
        async with connect("Ion") as ion:
            joined = await ion.join("tea")
            send = mock.AsyncMock()
            terminal = LineWriter(send, lambda: None)
            terminal.write(Frame([json.dumps(joined)]))
            terminal.begin("a", Line("begun"))
            first, second = [await self.said(ion, body) for body in ("one", "two")]
            anew = joined | {"reset": True, "messages": [first["message"], second["message"]]}
            terminal.write(Frame([json.dumps(second), json.dumps(anew)]))
            told = [call.args[0]["text"] for call in send.call_args_list]
            assert told == ["begun", "Ion: two", "Ion: one"]

    async def said(self, ion: Socket, body: str) -> dict:
        await ion.send(body)
        return await ion.next("message")


async def never(*args) -> None:
    """Be a reading that does not come to its end."""
    await asyncio.Event().wait()


async def delete_room(slug: str) -> None:
    """Delete a room, as the admin does, everywhere at once."""
    room = await Room.objects.aget(slug=slug)
    await Room.objects.filter(pk=room.pk).adelete()
    await sync_to_async(announce.room_changed)(room)


@pytest.mark.django_db(transaction=True)
@mock.patch.multiple("chat.live.server", TICK=0.02, BEAT_EVERY=0.05)
@mock.patch("chat.live.presence.LEAVE_AFTER", 0.02)
def test_who_left_unheard_is_gone_although_their_process_has_forgotten_the_room():
    async def story():
        layer = FaultyLayer(fates=("deliver",))
        async with processes(2, layer) as servers:
            charlie, ana = RuleKeeper("Charlie"), RuleKeeper("Ana")
            await charlie.connect(servers[0], "lobby")
            await ana.connect(servers[1], "lobby")
            await eventually(lambda: len(ana.people) == 2, "Charlie in Ana's list")
            layer.fates = ("drop",)
            charlie.vanish()
            await eventually(lambda: not servers[0].feed.streams(), "the end of the room there")
            layer.fates = ("deliver",)
            await eventually(lambda: set(ana.people.values()) == {"Ana"}, "Charlie's leaving", 3)

    asyncio.run(story())


class ForgeryTests(SocketTestCase):
    async def test_nobody_goes_by_a_name_that_makes_a_line_of_somebody_else_or_of_the_server(self):
        async with open_socket() as charlie:
            for name in ("Ion: I owe you 5", "Ion\uff1a yes", "* Ion", "*", "! Slow down"):
                await charlie.say("hello", name=name)
                await charlie.refused("name_invalid")
            for name in ("ana:example", "*Ana*", "!kung"):
                assert (await charlie.hello(name=name))["user"]["name"] == name

    async def test_a_text_in_a_terminal_cannot_turn_round_and_stand_before_its_author(self):
        async with terminal_and_page() as (ana, ion):
            await ion.send("\u2067Eva: I owe Ion 5\u202e")
            await ana.reads("Ion: \ufffdEva: I owe Ion 5\ufffd")
