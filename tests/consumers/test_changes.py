"""Editing and deleting over a socket: acknowledged once stored, told to everybody, or refused."""

from datetime import timedelta

from django.utils import timezone

from chat.models import Message, Revision
from tests.support.people import block, change_room, configure
from tests.support.sockets import SocketTestCase, connect


class ChangeTests(SocketTestCase):
    async def test_an_edit_is_told_to_everybody_under_the_next_version(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            sent = await ana.send("helo")
            ack = await ana.request("edit", room="lobby", seq=1, body="hello", base=1)
            assert (ack["type"], ack["seq"], ack["version"]) == ("ack", 1, 2)
            _, event = await ion.receives_messages("helo", "hello")
            message = event["message"]
            assert (message["version"], message["at"]) == (2, sent["at"])
            assert message["edited_at"] == ack["at"]

    async def test_a_deletion_leaves_a_message_without_text(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.send("secret")
            await ana.request("delete", room="lobby", seq=1)
            _, event = await ion.receives_messages("secret", "")
            assert event["message"]["deleted"]
            page = await ion.request("history", room="lobby", before=2)
            assert "secret" not in str(page)
        assert (await Message.objects.aget()).body == "secret"

    async def test_the_former_text_is_sent_to_nobody(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ana.send("secret")
            await ana.request("edit", room="lobby", seq=1, body="public")
            assert "secret" not in str(await ion.join("lobby"))
        assert (await Revision.objects.aget()).body == "secret"

    async def test_the_same_change_again_is_acknowledged_as_a_duplicate(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ana.send("helo")
            await ion.join("lobby")
            for command, fields in (("edit", {"body": "hello"}), ("delete", {})):
                first = await ana.request(command, room="lobby", seq=1, **fields)
                again = await ana.request(command, room="lobby", seq=1, **fields)
                assert "duplicate" not in first
                assert (again["duplicate"], again["version"]) == (True, first["version"])
            await ion.receives_messages("hello", "")
            await ion.receives_nothing()

    async def test_the_first_text_is_what_a_repeat_of_the_message_is_compared_with(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("helo", id="k")
            await ana.request("edit", room="lobby", seq=1, body="hello")
            await ana.request("edit", room="lobby", seq=1, body="hello!")
            assert (await ana.send("helo", id="k"))["duplicate"]
            other = await ana.send_command("send", room="lobby", id="k", body="hello!")
            assert (await ana.reply_to(other))["code"] == "conflict"

    async def test_two_devices_that_edit_at_once_converge(self):
        async with connect("Ana") as desk, connect(token=desk.token) as phone:
            for device in (desk, phone):
                await device.join("lobby")
            await desk.send("one")
            commands = [
                (device, await device.send_command("edit", room="lobby", seq=1, body=body, base=1))
                for device, body in ((desk, "two"), (phone, "three"))
            ]
            replies = [await device.reply_to(sent) for device, sent in commands]
            assert sorted(reply["type"] for reply in replies) == ["ack", "error"]
            assert {reply["code"] for reply in replies if "code" in reply} == {"conflict"}
            stored = (await Message.objects.aget()).body
            await desk.receives_messages("one", stored)
            await phone.receives_messages("one", stored)


class RefusalTests(SocketTestCase):
    async def refused(self, socket, code: str, type: str = "edit", seq: int = 1, **fields) -> dict:
        fields = {"body": "changed"} | fields if type == "edit" else fields
        command = await socket.send_command(type, room="lobby", seq=seq, **fields)
        reply = await socket.reply_to(command)
        assert reply.get("code") == code, reply
        return reply

    async def test_nobody_changes_what_somebody_else_wrote(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await ana.send("mine")
            await charlie.join("lobby")
            await self.refused(charlie, "forbidden")
            await self.refused(charlie, "forbidden", "delete")
            await self.refused(charlie, "not_found", seq=2)
            await self.refused(charlie, "not_found", "delete", seq=0)
        assert (await Message.objects.aget()).body == "mine"

    async def test_whoever_is_not_in_the_room_changes_nothing(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("mine")
            await ana.request("leave", room="lobby")
            await self.refused(ana, "forbidden")
            await self.refused(ana, "forbidden", "delete")

    async def test_a_closed_room_and_a_silenced_guest_change_nothing(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("mine")
            await change_room("lobby", closed=True)
            await self.refused(ana, "forbidden")
            await self.refused(ana, "forbidden", "delete")
            await change_room("lobby", closed=False)
            await configure(guests_may_write=False)
            await self.refused(ana, "forbidden")
            await self.refused(ana, "forbidden", "delete")

    async def test_a_blocked_person_changes_nothing(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("mine")
            await block(ana.user["id"])
            await ana.send_command("delete", room="lobby", seq=1)
            assert await ana.closed() == 4403
        assert not (await Message.objects.aget()).is_deleted

    async def test_the_admin_says_for_how_long_a_message_may_be_edited(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("mine")
            await configure(edit_hours=2)
            site = await ana.next("site")
            assert site["limits"]["edit"] == 2 * 3600
            await Message.objects.aupdate(created_at=timezone.now() - timedelta(hours=2))
            await self.refused(ana, "forbidden")
            await ana.request("delete", room="lobby", seq=1)

    async def test_a_text_has_the_limits_of_a_message(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("mine")
            await self.refused(ana, "bad_request", body=" ")
            await self.refused(ana, "too_long", body="x" * 4001)
