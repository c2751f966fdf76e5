"""Sending messages: acknowledged once stored, stored once, in order, and only if permitted."""

from unittest import mock

from asgiref.sync import sync_to_async
from django.utils.translation.trans_real import DjangoTranslation

from chat import log
from chat.cluster import announce
from chat.live import server
from chat.models import Message, Room
from chat.rules.errors import CloseCode
from tests.support.holding import holding
from tests.support.people import block, change_room, configure, sign_in
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, open_socket


class SendTests(SocketTestCase):
    async def test_a_message_reaches_everybody_in_the_room_and_its_sender(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
            await ana.join("lobby")
            await ion.join("lobby")
            await eva.join("elsewhere")
            ack = await ana.send("hello")
            assert (ack["room"], ack["seq"], ack["version"]) == ("lobby", 1, 1)
            assert "duplicate" not in ack
            assert await ana.receives_messages("hello") == await ion.receives_messages("hello")
            await eva.receives_nothing()

    async def test_a_plain_message_translates_nothing(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            with mock.patch.object(DjangoTranslation, "gettext") as gettext:
                await ana.send("hello")
                await ion.receives_messages("hello")
            gettext.assert_not_called()

    async def test_an_acknowledged_message_is_stored(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            ack = await ana.send("keep this", id="k")
            row = await Message.objects.select_related("author").aget()
        assert (row.seq, row.version, row.client_id) == (ack["seq"], ack["version"], "k")
        assert (row.body, row.author.public_id) == ("keep this", ana.user["id"])

    async def test_nothing_is_acknowledged_or_broadcast_before_the_commit(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            writes = (await server.current()).committer.writes
            with holding(writes, "work") as hold:
                sending = await ana.send_command("send", room="lobby", body="hello")
                await hold.reached()
                await ana.receives_nothing()
                await ion.receives_nothing()
                hold.release()
                await ana.reply_to(sending)
                await ion.receives_messages("hello")

    async def test_one_senders_messages_keep_their_order(self):
        texts = [f"m{number}" for number in range(50)]
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            sent = [await ana.send_command("send", room="lobby", body=body) for body in texts]
            await ion.receives_messages(*texts)
            assert [(await ana.reply_to(command))["seq"] for command in sent] == list(range(1, 51))

    async def test_a_body_is_delivered_as_it_was_typed(self):
        typed = "  <b>two</b>\n\tlines, \u202e\u05d1\u05d9 \U0001f469\u200d\U0001f52c e\u0301 \r\n"
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send(typed)
            await ana.receives_messages(typed)


class RepeatTests(SocketTestCase):
    async def test_a_repeat_gets_the_first_ack_and_is_stored_once(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            first = await ana.send("hello", id="once")
            await ana.send("another")
            again = await ana.send("hello", id="once")
            assert again == {**first, "duplicate": True}
            await ion.receives_messages("hello", "another")
            await ana.send("the last")
            await ion.receives_messages("the last")
        assert await Message.objects.acount() == 3

    async def test_concurrent_repeats_are_stored_once(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for _ in range(5):
                await ana.send_command("send", id="once", room="lobby", body="hello")
            replies = [await ana.reply_to("once") for _ in range(5)]
            assert [reply.pop("duplicate", False) for reply in replies] == [False] + 4 * [True]
            assert all(reply == replies[0] for reply in replies)
            assert await Message.objects.acount() == 1

    async def test_a_repeat_over_another_socket_gets_the_first_ack(self):
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
            await ana.send_command("send", id="once", room="lobby", body="goodbye")
            await ana.receives_error("conflict")
            assert await Message.objects.acount() == 1

    async def test_an_id_is_unique_per_author_and_room(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.send("mine", id="1")
            await ion.send("his", id="1")
            await ana.join("tea")
            await ana.send("elsewhere", id="1")
        assert await Message.objects.acount() == 3

    async def test_a_repeat_after_deletion_restores_nothing(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("hello", id="once")
            message = await Message.objects.aget()
            await sync_to_async(log.delete)(message.pk)
            again = await ana.send("hello", id="once")
            assert again == {**first, "duplicate": True}
            assert (await ana.join("lobby"))["messages"][0]["deleted"]


class DeletionTests(SocketTestCase):
    async def test_a_deletion_is_broadcast_and_can_be_undone(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("a secret")
            await ana.receives_messages("a secret")
            message = await Message.objects.aget()
            await self.change(log.delete, message)
            event = await ana.next("message")
            assert event["version"] == event["message"]["version"] == 2
            assert (event["message"]["seq"], event["message"]["deleted"]) == (1, True)
            assert event["message"]["body"] == ""
            await self.change(log.restore, message)
            event = (await ana.receives_messages("a secret"))[0]
            assert (event["version"], event["message"]["deleted"]) == (3, False)

    async def test_a_deleted_message_cannot_be_read_by_any_command(self):
        async with connect("Ana") as ana:
            room = (await ana.join("lobby"))["room"]
            await ana.send("a secret")
            await ana.receives_messages("a secret")
            await self.change(log.delete, await Message.objects.aget())
            await ana.next("message")
            replies = [
                await ana.join("lobby"),
                await ana.request("history", room="lobby", before=10),
                await ana.request("sync", room="lobby", after=0, epoch=room["epoch"]),
            ]
            for reply in replies:
                (message,) = reply["messages"]
                assert (message["body"], message["deleted"]) == ("", True)

    @staticmethod
    async def change(verb, message):
        changed = await sync_to_async(verb)(message.pk)
        await sync_to_async(announce.message_changed)(changed)


class CharlieTests(SocketTestCase):
    async def test_members_write_where_guests_may_only_read(self):
        session = await sign_in("Mara")
        await configure(guests_may_write=False)
        async with (
            connect("Charlie") as charlie,
            connect(session=session, origin=OWN_ORIGIN) as mara,
        ):
            await mara.join("lobby")
            await charlie.join("lobby")
            await charlie.send_command("send", room="lobby", body="may I?")
            await charlie.receives_error("forbidden")
            await mara.send("I may")
            await charlie.receives_messages("I may")

    async def test_a_closed_room_can_be_read_but_not_written(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await ana.send("before")
            await change_room("lobby", closed=True)
            assert (await charlie.join("lobby"))["room"]["closed"] is True
            for socket in (ana, charlie):
                await socket.send_command("send", room="lobby", body="after")
                await socket.receives_error("forbidden")
            await change_room("lobby", closed=False)
            await ana.send("open again")

    async def test_a_repeat_to_a_closed_room_still_gets_its_ack(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            first = await ana.send("before", id="once")
            await change_room("lobby", closed=True)
            assert await ana.send("before", id="once") == {**first, "duplicate": True}

    async def test_a_blocked_person_leaves_every_room_at_once(self):
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
                await socket.receives_error("forbidden")
            event = await ana.next("presence")
            assert (event["left"], event["count"]) == ([charlie.user], 1)

    async def test_a_blocked_person_neither_receives_nor_sends(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await block(charlie.user["id"])
            assert await charlie.closed() == CloseCode.REMOVED
            await ana.send("he is gone")
            await charlie.send_command("send", room="lobby", body="I am still here")
            await charlie.send_command("join", room="a room of my own")
            assert await charlie.communicator.receive_nothing()
            await ana.receives_messages("he is gone")
        assert await Message.objects.acount() == 1
        assert await Room.objects.acount() == 1

    async def test_a_blocked_guest_cannot_reconnect_with_their_token(self):
        async with connect("Charlie") as charlie:
            pass
        await block(charlie.user["id"])
        async with open_socket() as again:
            await again.send_command("hello", token=charlie.token)
            assert await again.closed() == CloseCode.REMOVED
            await again.receives_error("forbidden")

    async def test_a_blocked_member_cannot_reconnect_with_their_session(self):
        session = await sign_in("Charlie")
        async with connect(session=session, origin=OWN_ORIGIN) as charlie:
            pass
        await block(charlie.user["id"])
        async with open_socket(session=session, origin=OWN_ORIGIN) as again:
            await again.send_command("hello", name="Not Charlie")
            assert await again.closed() == CloseCode.REMOVED
