"""Reactions over a socket: acknowledged once stored, told to everybody, or refused."""

import asyncio
from unittest import mock
from urllib.parse import quote

from django.test import override_settings

from chat.models import Message, Reaction
from tests.api.support import Caller
from tests.support.people import block, change_room, configure
from tests.support.sockets import SocketTestCase, connect

THUMB = "👍"


async def react(socket, emoji: str = THUMB, on: bool = True, seq: int = 1) -> dict:
    """Send `react`; return the reply."""
    sent = await socket.send_command("react", room="lobby", seq=seq, emoji=emoji, on=on)
    return await socket.reply_to(sent)


class ReactionTests(SocketTestCase):
    async def test_a_reaction_is_told_to_everybody_under_the_next_version(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.send("hello")
            ack = await react(ion)
            assert (ack["type"], ack["seq"], ack["version"]) == ("ack", 1, 2)
            _, event = await ana.receives_messages("hello", "hello")
            assert event["message"]["reactions"] == [
                {"emoji": THUMB, "count": 1, "by": [ion.user["id"]]}
            ]
            assert (await react(ion))["duplicate"]
            assert (await react(ion, on=False))["version"] == 3
            (event,) = await ana.receives_messages("hello")
            assert "reactions" not in event["message"]

    async def test_two_ways_to_write_an_emoji_are_one(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello")
            await react(ana, "❤")
            assert (await react(ana, "❤️"))["duplicate"]

    async def test_what_many_do_at_once_is_told_once(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
            for socket in (ana, ion, eva):
                await socket.join("lobby")
            await ana.send("hello")
            acks = await asyncio.gather(react(ana), react(ion), react(eva))
            versions = sorted(ack["version"] for ack in acks)
            assert versions == [2, 3, 3]
            await ana.send("done")
            await ana.receives_messages("hello", "hello", "hello", "done")

    async def test_own_reactions_that_are_not_named_come_beside_the_messages(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for socket in (ana, ion):
                await socket.join("lobby")
            await ana.send("hello")
            await react(ana)
            await react(ion)
            message = await Message.objects.aget()
            named = message.reactions.replace(f',"{ion.user["id"]}"', "")
            await Message.objects.aupdate(reactions=named)
            page = await ion.request("history", room="lobby", before=2)
            assert page["mine"] == {"1": [THUMB]}
            place = {"after": 0, "epoch": (await ion.join("lobby"))["room"]["epoch"]}
            assert (await ion.request("sync", room="lobby", **place))["mine"] == {"1": [THUMB]}
            async with connect(token=ion.token) as phone, connect("Eva") as eva:
                assert (await phone.join("lobby"))["mine"] == {"1": [THUMB]}
                assert "mine" not in await eva.join("lobby")

    async def test_an_edit_sent_after_a_reaction_is_made_after_it(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello")
            for emoji in (THUMB, "🎉"):
                await ana.send_command("react", room="lobby", seq=1, emoji=emoji, on=True)
            await ana.request("delete", room="lobby", seq=1)
            assert [event["type"] for event in ana.unread].count("error") == 0
        assert await Reaction.objects.acount() == 0


@mock.patch("chat.log.reactions.NAMED", 1)
@mock.patch("chat.live.gathering.LINGER", 0.01)
class OtherDeviceTests(SocketTestCase):
    async def told(self, socket) -> list[str]:
        """Return the types of the events that a client has got until now, but for messages."""
        await socket.request("ping")
        events, socket.unread = socket.unread, []
        return [event["type"] for event in events if event["type"] != "message"]

    async def test_another_device_is_told_where_a_message_does_not_name_its_person(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect(token=None) as other:
            for person in (ana, ion, other):
                await person.join("lobby")
            await ana.send("hello")
            await react(ion)
            async with connect(token=ana.token) as tab:
                await tab.join("lobby")
                for socket in (ana, ion, other):
                    socket.unread.clear()
                ack = await react(ana)
                event = await tab.next("reacted")
                about = {"room": "lobby", "seq": 1, "version": ack["version"]}
                assert event == {"type": "reacted", **about, "emoji": THUMB, "on": True}
                await react(ana)
                assert await self.told(tab) == []
                assert await self.told(ion) == await self.told(other) == []

    async def test_a_reaction_over_http_is_told_to_the_sockets(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
            for person in (ana, ion, eva):
                await person.join("lobby")
            await ana.send("hello")
            await react(ion)
            await react(eva)
            address = f"rooms/lobby/messages/1/reactions/{quote(THUMB)}"
            await Caller(ana.token).put(address)
            assert (await ana.next("reacted"))["on"] is True
            await react(ana, on=False)
            await Caller(ana.token).put(address)
            await Caller(ana.token).delete(address)
            assert (await ana.next("reacted"))["on"] is True
            assert (await ana.next("reacted"))["on"] is False

    async def test_who_has_one_device_is_told_nothing(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            for person in (ana, ion):
                await person.join("lobby")
            await ana.send("hello")
            await react(ana)
            with mock.patch("chat.live.persons.Persons.send") as send:
                await react(ion)
            send.assert_not_called()


class RefusalTests(SocketTestCase):
    async def refused(self, socket, code: str, *args, **fields) -> None:
        reply = await react(socket, *args, **fields)
        assert reply.get("code") == code, reply

    async def test_what_is_no_emoji_or_no_message_is_refused(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello")
            for text in ("x", "1", "", "👍👍"):
                await self.refused(ana, "bad_request", text)
            await self.refused(ana, "not_found", seq=2)
            await self.refused(ana, "not_found", seq=0)
            await ana.request("delete", room="lobby", seq=1)
            await self.refused(ana, "bad_request")

    async def test_whoever_is_not_in_the_room_does_not_react(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await ana.send("hello")
            await self.refused(charlie, "forbidden")
        assert await Reaction.objects.acount() == 0

    async def test_a_closed_room_and_a_silenced_guest_do_not_react(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello")
            await react(ana)
            await change_room("lobby", closed=True)
            await self.refused(ana, "forbidden", "🎉")
            await self.refused(ana, "forbidden", on=False)
            await change_room("lobby", closed=False)
            await configure(guests_may_write=False)
            await self.refused(ana, "forbidden", "🎉")
            await self.refused(ana, "forbidden", on=False)
        assert await Reaction.objects.acount() == 1

    async def test_a_blocked_person_does_not_react(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            await ana.send("hello")
            await block(ana.user["id"])
            await ana.send_command("react", room="lobby", seq=1, emoji=THUMB, on=True)
            assert await ana.closed() == 4403
        assert await Reaction.objects.acount() == 0


class LimitTests(SocketTestCase):
    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_a_flood_of_reactions_does_not_stop_messages(self):
        limits = {"person_rate": 1, "person_burst": 3, "socket_rate": 100, "socket_burst": 100}
        await configure(**limits)
        async with connect("Ana") as ana:
            await ana.join("lobby")
            for _ in range(3):
                assert (await react(ana, seq=9))["code"] == "not_found"
            assert (await react(ana, seq=9))["code"] == "rate_limited"
            await ana.send("hello")
