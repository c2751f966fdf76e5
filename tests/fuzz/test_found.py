"""Faults that fuzzing found, each as its own test."""

import asyncio
import json
from unittest import mock

import pytest
from asgiref.sync import sync_to_async

from chat import log
from chat.cluster import announce
from chat.cluster.hints import Changes, encode
from chat.consumers.lines import LineWriter, TextLine
from chat.live import server
from chat.live.follower import State
from chat.models import Message, Person, Room
from chat.protocol import Frame, MessageEvent
from tests.api.support import new_guest
from tests.support.clients import ProtocolClient
from tests.support.layers import FaultyLayer
from tests.support.people import change_room, configure
from tests.support.processes import eventually, processes
from tests.support.rooms import fill
from tests.support.sockets import Socket, SocketTestCase, connect, open_socket
from tests.support.terminals import terminal_and_page


class RepeatTests(SocketTestCase):
    async def test_a_repeat_is_acknowledged_after_the_limit_was_lowered(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("x" * 20, id="1")
            await configure(max_body=10)
            await ana.next("site")
            again = await ana.send("x" * 20, id="1")
            assert again == first | {"duplicate": True}
            await ana.send_command("send", room="lobby", id="2", body="x" * 20)
            await ana.receives_error("too_long")

    async def test_a_repeat_over_http_is_acknowledged_after_it_too(self):
        async with connect("Ion") as ion:
            await ion.join("lobby")
            ana = await new_guest("Ana")
            first = await ana.send_message("x" * 20, id="1")
            await configure(max_body=10)
            await ion.next("site")
            again = await ana.send_message("x" * 20, id="1")
            assert (again.status, again["seq"]) == (200, first["seq"])
            (await ana.send_message("x" * 20, id="2")).check_error(422, "too_long")


@mock.patch("chat.live.clock.TICK", 3600)
class MovedRoomTests(SocketTestCase):
    async def test_a_message_before_the_move_is_sent_has_a_known_address(
        self,
    ):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await ion.join("tea")
            await Room.objects.aupdate(slug="coffee")
            await ana.send("hello")
            assert await self.address_known_to(ion, "hello") == "coffee"

    async def test_a_late_message_from_before_a_move_has_the_new_address(
        self,
    ):
        async with connect("Ion") as ion:
            epoch = (await ion.join("tea"))["room"]["epoch"]
            await change_room("tea", slug="coffee")
            await ion.next("room")
            await fill("coffee", 1)
            row = await Message.objects.select_related("room", "author").aget()
            late = MessageEvent.of("tea", row).encode()
            hint = Changes(row.room_id, "tea", epoch, 1, [late])
            (await server.current()).hints.receive_hint(encode(hint, "another"))
            [event] = await ion.receives_messages("m1")
            assert event["room"] == "coffee"

    async def address_known_to(self, person: Socket, body: str) -> str:
        """Return the address that a person has of the room at the end; the message must arrive."""
        slug = person.room
        for event in await person.all_events():
            if event["type"] == "room":
                assert event["was"] == slug
                slug = event["room"]["slug"]
            if event["type"] == "message":
                assert (event["room"], event["message"]["body"]) == (slug, body)
                body = None
        assert body is None, "It did not arrive."
        return slug

    async def test_after_leaving_a_moved_room_its_old_address_is_another(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await change_room("tea", slug="coffee")
            await ana.next("room")
            await ana.request("leave", room="coffee")
            await ion.join("tea")
            assert (await ana.join("tea"))["room"]["slug"] == "tea"
            await ion.send("hello")
            await ana.receives_messages("hello")

    async def test_the_old_address_of_a_deleted_moved_room_can_be_joined(self):
        async with connect("Ana") as ana:
            await ana.join("tea")
            await change_room("tea", slug="coffee")
            await ana.next("room")
            await delete_room("coffee")
            await ana.next("left")
            await ana.join("tea")
            await ana.send("hello again")

    async def test_a_move_and_a_new_epoch_without_a_hint_are_both_sent(self):
        async with connect("Ana") as ana:
            await ana.join("tea")
            await Room.objects.aupdate(slug="coffee", epoch="another")
            running = await server.current()
            await running.feed.compare()
            assert (await ana.next("room"))["was"] == "tea"
            room = (await ana.next("joined"))["room"]
            assert (room["slug"], room["epoch"]) == ("coffee", "another")
            assert running.feed.room_at("tea") is None
            await ana.request("send", room="coffee", body="hello")
            await ana.receives_messages("hello")


@mock.patch("chat.live.clock.TICK", 3600)
class ResumingTests(SocketTestCase):
    async def test_a_client_that_leaves_while_resynchronised_receives_nothing(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await ion.join("tea")
            running = await server.current()
            [stream] = running.feed.streams()
            [follower] = [f for f in stream.followers if f.sink.user.name == "Ana"]
            with (
                mock.patch.object(running.feed, "backlog", side_effect=never),
                mock.patch.object(follower.sink, "write_frame") as write,
            ):
                follower.sink.resynchronise(follower)
                await ana.request("ping")
                await ana.communicator.disconnect()
                await ion.send("hello")
                await ion.receives_messages("hello")
                write.assert_not_called()

    async def test_a_backlog_read_before_a_new_epoch_is_not_sent(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            epoch = (await ana.join("tea"))["room"]["epoch"]
            running, room = await server.current(), await Room.objects.aget()
            read, begun = running.database.run, []

            async def read_slowly(function, *args):
                result = await read(function, *args)
                if function is log.backlog and not begun:
                    begun.append(await read(log.begin_anew, room.pk, epoch))
                    await running.feed.compare()
                return result

            with mock.patch.object(running.database, "run", read_slowly):
                joined = await ion.join("tea", after=5, epoch=epoch)
            assert joined["room"]["epoch"] == begun[0].epoch

    async def test_newcomers_see_a_name_changed_without_a_hint_after_a_poll(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("tea")
            await ana.send("hello")
            await ion.join("tea")
            await Person.objects.filter(name="Ana").aupdate(name="Maria")
            await (await server.current()).poll_site()
            async with connect("Charlie") as charlie:
                [message] = (await charlie.join("tea"))["messages"]
                assert message["author"]["name"] == "Maria"


@mock.patch("chat.live.clock.TICK", 3600)
class TerminalTests(SocketTestCase):
    async def test_a_terminal_continues_in_a_restored_log(self):
        async with terminal_and_page("tea") as (ana, ion):
            for body in ("one", "two", "three"):
                await ion.send(body)
                await ana.reads(f"Ion: {body}")
            await Message.objects.filter(seq__gt=1).adelete()
            await Room.objects.aupdate(version=1, last_seq=1)
            await (await server.current()).feed.compare()
            await ion.next("joined")
            [stream] = (await server.current()).feed.streams()
            live = lambda: all(f.state is State.LIVE for f in stream.followers)  # noqa: E731
            await eventually(live, "the end of both readers' replay")
            await ion.send("two, once more")
            await ana.reads("Ion: two, once more")

    async def test_a_terminal_can_join_while_its_room_gets_a_new_epoch(self):
        async with connect("Ion") as ion:
            joined = await ion.join("tea")
            del joined["id"]
            terminal = LineWriter(mock.AsyncMock(), lambda: None)
            reply = joined | {"id": "join"}
            terminal.write(Frame([json.dumps(joined), json.dumps(reply)]))
            assert terminal.replies == {"join": reply}

    async def test_a_late_change_is_shown_despite_a_new_epoch(self):
        async with connect("Ion") as ion:
            joined = await ion.join("tea")
            send = mock.AsyncMock()
            terminal = LineWriter(send, lambda: None)
            terminal.write(Frame([json.dumps(joined)]))
            terminal.begin("a", TextLine("begun"))
            first, second = [await self.send_and_receive(ion, body) for body in ("one", "two")]
            anew = joined | {"reset": True, "messages": [first["message"], second["message"]]}
            terminal.write(Frame([json.dumps(second), json.dumps(anew)]))
            lines = [call.args[0]["text"] for call in send.call_args_list]
            assert lines == ["begun", "Ion: two", "Ion: one"]

    async def send_and_receive(self, ion: Socket, body: str) -> dict:
        await ion.send(body)
        return await ion.next("message")


async def never(*args) -> None:
    """Never return, as a read of a database that hangs."""
    await asyncio.Event().wait()


async def delete_room(slug: str) -> None:
    """Delete a room and publish it, as the admin does."""
    room = await Room.objects.aget(slug=slug)
    await Room.objects.filter(pk=room.pk).adelete()
    await sync_to_async(announce.room_changed)(room)


@pytest.mark.django_db(transaction=True)
@mock.patch.multiple("chat.live.clock", TICK=0.02, HEARTBEAT_EVERY=0.05)
@mock.patch("chat.live.presence.LEAVE_AFTER", 0.02)
def test_a_departure_without_a_hint_reaches_other_processes():
    async def story():
        layer = FaultyLayer(fates=("deliver",))
        async with processes(2, layer) as servers:
            charlie, ana = ProtocolClient("Charlie"), ProtocolClient("Ana")
            await charlie.connect(servers[0], "lobby")
            await ana.connect(servers[1], "lobby")
            await eventually(lambda: len(ana.people) == 2, "Charlie in Ana's list")
            layer.fates = ("drop",)
            charlie.vanish()
            await eventually(lambda: not servers[0].feed.streams(), "the release of the room")
            layer.fates = ("deliver",)
            await eventually(lambda: set(ana.people.values()) == {"Ana"}, "Charlie's leave", 3)

    asyncio.run(story())


class ForgeryTests(SocketTestCase):
    async def test_a_name_that_forges_a_line_is_refused(self):
        async with open_socket() as charlie:
            for name in ("Ion: I owe you 5", "Ion\uff1a yes", "* Ion", "*", "! Slow down"):
                await charlie.send_command("hello", name=name)
                await charlie.receives_error("name_invalid")
            for name in ("ana:example", "*Ana*", "!kung"):
                assert (await charlie.hello(name=name))["user"]["name"] == name

    async def test_bidirectional_text_cannot_precede_its_author(self):
        async with terminal_and_page() as (ana, ion):
            await ion.send("\u2067Eva: I owe Ion 5\u202e")
            await ana.reads("Ion: \ufffdEva: I owe Ion 5\ufffd")
