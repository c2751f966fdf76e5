"""Typing: sent to the others, never to the typist, and not for long."""

from unittest import mock

from tests.support.people import block, change_room, configure
from tests.support.sockets import SocketTestCase, connect


class TypingTests(SocketTestCase):
    async def test_typing_is_sent_to_the_others_in_the_room_only(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect("Charlie") as charlie:
            await ana.join("lobby")
            await ion.join("lobby")
            await charlie.join("elsewhere")
            await ana.next("presence")
            await ana.send_command("typing", room="lobby")
            assert await ion.next("typing") == {
                "type": "typing",
                "room": "lobby",
                "users": [ana.user],
            }
            await ana.receives_nothing()
            await charlie.receives_nothing()

    async def test_a_person_who_may_not_write_is_not_shown_typing(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await change_room("lobby", closed=True)
            await ion.next("room")
            await ana.send_command("typing", room="lobby")
            await ion.receives_nothing()
            await change_room("lobby", closed=False)
            await ion.next("room")
            await configure(guests_may_write=False)
            await ion.next("site")
            await ana.send_command("typing", room="lobby")
            await ion.receives_nothing()

    async def test_whoever_has_gone_types_no_more(self):
        with mock.patch("chat.live.typists.GATHER", 0.02):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.send_command("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ana.user]
                await block(ana.user["id"])
                while not (await eva.next("presence"))["left"]:
                    pass
                await ion.send_command("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ion.user]

    async def test_each_of_two_typists_sees_the_other(self):
        with mock.patch("chat.live.typists.GATHER", 0.02):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.send_command("typing", room="lobby")
                assert (await ion.next("typing"))["users"] == [ana.user]
                assert (await eva.next("typing"))["users"] == [ana.user]
                await ion.send_command("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ana.user, ion.user]
                assert (await ana.next("typing"))["users"] == [ion.user]
                assert (await ion.next("typing"))["users"] == [ana.user]

    async def test_rapid_typing_is_sent_once(self):
        with mock.patch("chat.live.typists.GATHER", 60):
            async with connect("Ana") as ana, connect("Ion") as ion:
                await ana.join("lobby")
                await ion.join("lobby")
                for _ in range(10):
                    await ana.send_command("typing", room="lobby")
                await ana.request("ping")
                await ion.next("typing")
                await ion.receives_nothing()

    async def test_sending_a_message_ends_typing(self):
        with mock.patch("chat.live.typists.GATHER", 0.02):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.send_command("typing", room="lobby")
                await eva.next("typing")
                await ana.send("there")
                await ion.send_command("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ion.user]

    async def test_a_person_who_stopped_typing_is_forgotten(self):
        with (
            mock.patch("chat.live.typists.GATHER", 0.02),
            mock.patch("chat.live.typists.FORGET_AFTER", 0.01),
        ):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.send_command("typing", room="lobby")
                await eva.next("typing")
                await eva.receives_nothing()
                await ion.send_command("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ion.user]
