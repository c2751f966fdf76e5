"""Who is typing: told to the others, never to oneself, and not for long."""

from unittest import mock

from tests.support.people import change_room, configure
from tests.support.sockets import SocketTestCase, connect


class TypingTests(SocketTestCase):
    async def test_the_others_are_told_who_types_and_the_typist_is_not(self):
        async with connect("Ana") as ana, connect("Ion") as ion, connect("Charlie") as charlie:
            await ana.join("lobby")
            await ion.join("lobby")
            await charlie.join("elsewhere")
            await ana.next("presence")
            await ana.say("typing", room="lobby")
            assert await ion.next("typing") == {
                "type": "typing",
                "room": "lobby",
                "users": [ana.user],
            }
            await ana.says_nothing()
            await charlie.says_nothing()

    async def test_who_may_not_write_in_a_room_is_not_shown_typing_there(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await change_room("lobby", closed=True)
            await ion.next("room")
            await ana.say("typing", room="lobby")
            await ion.says_nothing()
            await change_room("lobby", closed=False)
            await ion.next("room")
            await configure(guests_may_write=False)
            await ion.next("site")
            await ana.say("typing", room="lobby")
            await ion.says_nothing()

    async def test_two_who_type_are_each_told_of_the_other(self):
        with mock.patch("chat.live.typists.GATHER", 0.02):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.say("typing", room="lobby")
                assert (await ion.next("typing"))["users"] == [ana.user]
                assert (await eva.next("typing"))["users"] == [ana.user]
                await ion.say("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ana.user, ion.user]
                assert (await ana.next("typing"))["users"] == [ion.user]
                assert (await ion.next("typing"))["users"] == [ana.user]

    async def test_keys_pressed_quickly_are_told_together(self):
        with mock.patch("chat.live.typists.GATHER", 60):
            async with connect("Ana") as ana, connect("Ion") as ion:
                await ana.join("lobby")
                await ion.join("lobby")
                for _ in range(10):
                    await ana.say("typing", room="lobby")
                await ana.ask("ping")
                await ion.next("typing")
                await ion.says_nothing()

    async def test_who_has_sent_is_not_typing_any_more(self):
        with mock.patch("chat.live.typists.GATHER", 0.02):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.say("typing", room="lobby")
                await eva.next("typing")
                await ana.send("there")
                await ion.say("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ion.user]

    async def test_who_stopped_typing_is_forgotten(self):
        with (
            mock.patch("chat.live.typists.GATHER", 0.02),
            mock.patch("chat.live.typists.FORGET_AFTER", 0.01),
        ):
            async with connect("Ana") as ana, connect("Ion") as ion, connect("Eva") as eva:
                for person in (ana, ion, eva):
                    await person.join("lobby")
                await ana.say("typing", room="lobby")
                await eva.next("typing")
                await eva.says_nothing()
                await ion.say("typing", room="lobby")
                assert (await eva.next("typing"))["users"] == [ion.user]
