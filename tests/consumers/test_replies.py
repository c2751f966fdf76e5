"""Replies: they name a message of their room, and come with it where the reader may lack it."""

from chat.models import Message
from tests.api.support import Caller, new_guest
from tests.support.rooms import bodies, fill, seqs
from tests.support.sockets import SocketTestCase, connect


class ReplyTests(SocketTestCase):
    async def test_a_reply_comes_with_what_it_replies_to(self):
        await fill("lobby", 3)
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.send("yes", reply_to=2)
            (event,) = await ion.receives_messages("yes")
            assert event["message"]["reply_to"] == 2
            assert {seq: m["body"] for seq, m in event["refs"].items()} == {"2": "m2"}

    async def test_a_plain_message_has_nothing_of_a_reply(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello")
            (event,) = await ana.receives_messages("hello")
            assert set(event) == {"type", "room", "version", "message"}
            assert not {"reply_to", "format"} & set(event["message"])

    async def test_only_a_message_of_the_room_can_be_replied_to(self):
        await fill("tea", 5)
        await fill("lobby", 1)
        async with connect("Ana") as ana:
            await ana.join("tea")
            await ana.join("lobby")
            for seq in (0, 2, 5, 2**63 - 1):
                await ana.send_command("send", room="lobby", body="hi", reply_to=seq)
                error = await ana.receives_error("not_found")
                assert "m5" not in str(error)
            assert (await ana.send("after"))["seq"] == 2

    async def test_whoever_is_not_in_a_room_cannot_reply_there(self):
        await fill("lobby", 1)
        async with connect("Charlie") as charlie:
            await charlie.send_command("send", room="lobby", body="hi", reply_to=1)
            await charlie.receives_error("forbidden")
        assert await Message.objects.acount() == 1

    async def test_a_deleted_message_is_replied_to_without_its_text(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ana.send("secret")
            await ana.send("before", reply_to=1)
            await ana.request("delete", room="lobby", seq=1)
            await ana.send("after", reply_to=1)
            *_, event = await ana.receives_messages("secret", "before", "", "after")
            assert (event["refs"]["1"]["deleted"], event["refs"]["1"]["body"]) == (True, "")
            await ion.join("lobby")
            page = await ion.request("history", room="lobby", after=1)
            assert page["refs"]["1"]["deleted"]
            assert "secret" not in str(page)

    async def test_refs_have_what_is_not_in_the_same_reply(self):
        await fill("lobby", 60)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("old", reply_to=2)
            await ana.send("near", reply_to=60)
            await ana.send("deleted", reply_to=3)
            await ana.request("delete", room="lobby", seq=63)
            async with connect("Ion") as ion:
                joined = await ion.join("lobby")
                assert {seq: m["body"] for seq, m in joined["refs"].items()} == {"2": "m2"}
                epoch = joined["room"]["epoch"]
                synced = await ion.request("sync", room="lobby", after=60, epoch=epoch)
                assert sorted(synced["refs"]) == ["2", "60"]
                page = await ion.request("history", room="lobby", around=2)
                assert "refs" not in page

    async def test_an_edited_reply_still_replies(self):
        await fill("lobby", 1)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("yes", reply_to=1, format="plain")
            await ana.request("edit", room="lobby", seq=2, body="no")
            *_, event = await ana.receives_messages("yes", "no")
            message = event["message"]
            assert (message["reply_to"], message["format"]) == (1, "plain")
            assert "1" in event["refs"]

    async def test_a_repeat_replies_to_the_same_message(self):
        await fill("lobby", 2)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("yes", id="x", reply_to=1)
            assert (await ana.send("yes", id="x", reply_to=1))["duplicate"]
            for fields in ({"reply_to": 2}, {}):
                await ana.send_command("send", room="lobby", body="yes", id="x", **fields)
                await ana.receives_error("conflict")

    async def test_messages_of_one_batch_can_be_replied_to_in_it(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send_command("send", room="lobby", body="first")
            await ana.send_command("send", room="lobby", body="second", reply_to=1)
            *_, event = await ana.receives_messages("first", "second")
            assert event["refs"]["1"]["body"] == "first"


class FormatTests(SocketTestCase):
    async def test_plain_is_the_only_format(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("**x**", format="plain")
            (event,) = await ana.receives_messages("**x**")
            assert event["message"]["format"] == "plain"
            await ana.send_command("send", room="lobby", body="x", format="html")
            await ana.receives_error("bad_request")


class HttpTests(SocketTestCase):
    async def test_replies_are_posted_and_read_over_http(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        posted = await ana.post(
            "rooms/lobby/messages", {"id": "1", "body": "yes", "reply_to": 1, "format": "plain"}
        )
        assert posted.status == 201
        page = await Caller().history(after=2)
        assert (bodies(page), list(page["refs"])) == (["yes"], ["1"])
        assert (page["messages"][0]["reply_to"], page["messages"][0]["format"]) == (1, "plain")
        assert "refs" not in (await Caller().history()).body
        assert seqs(await Caller().history(seqs="3")) == [3]
        missing = await ana.post("rooms/lobby/messages", {"id": "2", "body": "x", "reply_to": 9})
        missing.check_error(404, "not_found")

    async def test_a_poll_has_what_its_messages_reply_to(self):
        await fill("lobby", 2)
        ana = await new_guest("Ana")
        await ana.post("rooms/lobby/messages", {"id": "1", "body": "yes", "reply_to": 1})
        whole = await ana.get("rooms/lobby/events?wait=0")
        later = await ana.get(f"rooms/lobby/events?wait=0&after=2&epoch={whole['epoch']}")
        for poll in (whole, later):
            events = [event for event in poll["events"] if event["type"] == "message"]
            assert events[-1]["refs"]["1"]["body"] == "m1"
