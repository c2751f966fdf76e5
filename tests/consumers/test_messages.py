"""Saying something: acknowledged once it is kept, once for ever, in order, and only by who may."""

from asgiref.sync import sync_to_async

from chat import log
from chat.cluster import announce
from chat.models import Message, Room
from chat.rules.errors import CloseCode
from tests.support.holding import holding
from tests.support.people import block, change_room, configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, open_socket


class SendTests(SocketTestCase):
    async def test_what_is_said_reaches_everybody_in_the_room_and_the_sender(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
            await ana.join("lobby")
            await ion.join("lobby")
            await eva.join("elsewhere")
            ack = await ana.send("hello")
            assert (ack["room"], ack["seq"], ack["version"]) == ("lobby", 1, 1)
            assert "duplicate" not in ack
            assert await ana.hears("hello") == await ion.hears("hello")
            await eva.says_nothing()

    async def test_an_acknowledged_message_is_kept(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            ack = await ana.send("keep this", id="k")
            kept = await Message.objects.select_related("author").aget()
        assert (kept.seq, kept.version, kept.client_id) == (ack["seq"], ack["version"], "k")
        assert (kept.body, kept.author.public_id) == ("keep this", ana.user["id"])

    async def test_nothing_is_acknowledged_or_told_before_it_is_committed(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            with holding("chat.log", "append") as hold:
                sending = await ana.say("send", room="lobby", body="hello")
                await hold.reached()
                await ana.says_nothing()
                await ion.says_nothing()
                hold.release()
                await ana.answer(sending)
                await ion.hears("hello")

    async def test_one_senders_messages_keep_their_order(self):
        said = [f"m{number}" for number in range(50)]
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            sent = [await ana.say("send", room="lobby", body=body) for body in said]
            await ion.hears(*said)
            assert [(await ana.answer(command))["seq"] for command in sent] == list(range(1, 51))

    async def test_what_was_typed_is_kept_as_it_was_typed(self):
        typed = "  <b>two</b>\n\tlines, \u202e\u05d1\u05d9 \U0001f469\u200d\U0001f52c e\u0301 \r\n"
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send(typed)
            await ana.hears(typed)


class RepeatTests(SocketTestCase):
    async def test_a_repeat_gets_the_first_answer_and_is_kept_once(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            first = await ana.send("hello", id="once")
            await ana.send("another")
            again = await ana.send("hello", id="once")
            assert again == {**first, "duplicate": True}
            await ion.hears("hello", "another")
            await ana.send("the last")
            await ion.hears("the last")
        assert await Message.objects.acount() == 3

    async def test_repeats_under_way_together_are_kept_once(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for _ in range(5):
                await ana.say("send", id="once", room="lobby", body="hello")
            answers = [await ana.answer("once") for _ in range(5)]
            assert [answer.pop("duplicate", False) for answer in answers] == [False] + 4 * [True]
            assert all(answer == answers[0] for answer in answers)
            assert await Message.objects.acount() == 1

    async def test_a_repeat_over_another_socket_gets_the_first_answer(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("hello", id="once")
        async with connect(token=ana.token) as again:
            await again.join("lobby")
            assert await again.send("hello", id="once") == {**first, "duplicate": True}

    async def test_another_body_under_the_same_id_is_a_conflict(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello", id="once")
            await ana.say("send", id="once", room="lobby", body="goodbye")
            await ana.refused("conflict")
            assert await Message.objects.acount() == 1

    async def test_an_id_is_taken_for_its_author_and_room_alone(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.send("mine", id="1")
            await ion.send("his", id="1")
            await ana.join("tea")
            await ana.send("elsewhere", id="1")
        assert await Message.objects.acount() == 3

    async def test_a_repeat_after_deletion_brings_nothing_back(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("hello", id="once")
            message = await Message.objects.aget()
            await sync_to_async(log.delete)(message.pk)
            again = await ana.send("hello", id="once")
            assert again == {**first, "duplicate": True}
            assert (await ana.join("lobby"))["messages"][0]["deleted"]


class DeletionTests(SocketTestCase):
    async def test_a_deleted_message_is_emptied_before_everybodys_eyes_and_can_return(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("a secret")
            await ana.hears("a secret")
            message = await Message.objects.aget()
            await self.change(log.delete, message)
            told = await ana.next("message")
            assert told["version"] == told["message"]["version"] == 2
            assert (told["message"]["seq"], told["message"]["deleted"]) == (1, True)
            assert told["message"]["body"] == ""
            await self.change(log.restore, message)
            told = (await ana.hears("a secret"))[0]
            assert (told["version"], told["message"]["deleted"]) == (3, False)

    async def test_a_deleted_message_is_nowhere_to_be_read(self):
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
            await ana.send("a secret")
            await ana.hears("a secret")
            await self.change(log.delete, await Message.objects.aget())
            await ana.next("message")
            answers = [
                await ana.join("lobby"),
                await ana.ask("history", room="lobby", before=10),
                await ana.ask("sync", room="lobby", after=0, epoch=room["epoch"]),
            ]
            for answer in answers:
                (message,) = answer["messages"]
                assert (message["body"], message["deleted"]) == ("", True)

    @staticmethod
    async def change(verb, message):
        changed = await sync_to_async(verb)(message.pk)
        await sync_to_async(announce.message_changed)(changed)


class CharlieTests(SocketTestCase):
    async def test_where_guests_only_read_members_write(self):
        session = await sign_in("Mara")
        await configure(guests_may_write=False)
        async with (
            connect("Charlie") as charlie,
            connect(session=session, origin=OWN_ORIGIN) as mara,
        ):
            await mara.join("lobby")
            await charlie.join("lobby")
            await charlie.say("send", room="lobby", body="may I?")
            await charlie.refused("forbidden")
            await mara.send("I may")
            await charlie.hears("I may")

    async def test_a_closed_room_is_read_and_not_written(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await ana.send("before")
            await change_room("lobby", closed=True)
            assert (await charlie.join("lobby"))["room"]["closed"] is True
            for socket in (ana, charlie):
                await socket.say("send", room="lobby", body="after")
                await socket.refused("forbidden")
            await change_room("lobby", closed=False)
            await ana.send("open again")

    async def test_a_repeat_to_a_closed_room_still_gets_its_answer(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("before", id="once")
            await change_room("lobby", closed=True)
            assert await ana.send("before", id="once") == {**first, "duplicate": True}

    async def test_who_is_blocked_is_gone_from_every_room_at_once(self):
        async with (
            connect("Ana") as ana,
            connect("Charlie") as charlie,
            connect(token=charlie.token) as tab,
        ):
            for socket in (ana, charlie, tab):
                await socket.join("lobby")
            await ana.next("presence")
            await block(charlie.user["id"])
            for socket in (charlie, tab):
                assert await socket.closed() == CloseCode.REMOVED
                await socket.refused("forbidden")
            told = await ana.next("presence")
            assert (told["left"], told["count"]) == ([charlie.user], 1)

    async def test_who_is_blocked_hears_and_is_heard_no_more(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await block(charlie.user["id"])
            assert await charlie.closed() == CloseCode.REMOVED
            await ana.send("he is gone")
            await charlie.say("send", room="lobby", body="but I am here")
            await charlie.say("join", room="a room of my own")
            assert await charlie.communicator.receive_nothing()
            await ana.hears("he is gone")
        assert await Message.objects.acount() == 1
        assert await Room.objects.acount() == 1

    async def test_who_is_blocked_does_not_come_in_again(self):
        async with connect("Charlie") as charlie:
            pass
        await block(charlie.user["id"])
        async with open_socket() as again:
            await again.say("hello", token=charlie.token)
            assert await again.closed() == CloseCode.REMOVED
            await again.refused("forbidden")

    async def test_a_blocked_member_does_not_come_in_by_their_session(self):
        session = await sign_in("Charlie")
        async with connect(session=session, origin=OWN_ORIGIN) as charlie:
            pass
        await block(charlie.user["id"])
        async with open_socket(session=session, origin=OWN_ORIGIN) as again:
            await again.say("hello", name="Not Charlie")
            assert await again.closed() == CloseCode.REMOVED
