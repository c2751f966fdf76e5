"""The door of lines: a terminal is a whole client, in the same rooms as everybody else."""

from unittest import mock

from asgiref.sync import sync_to_async
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import override_settings

from chat.cluster import announce
from chat.models import Room
from chat.rules.errors import CloseCode
from tests.support.people import block, change_room, configure, sign_in
from tests.support.rooms import fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, connect, lets_in
from tests.support.terminals import PORT, terminal, terminal_and_page


class EnteringTests(SocketTestCase):
    async def test_a_terminal_is_told_where_it_is_and_under_which_name(self):
        async with terminal("Chess Club", "Ana") as ana:
            await ana.reads("* You joined chess-club as Ana")

    async def test_what_was_said_before_is_not_told(self):
        await fill("lobby", 3)
        async with connect("Ion") as ion:
            await ion.join("lobby")
            await ion.send("m4")
            async with terminal(name="Ana") as ana:
                await ana.reads("* You joined lobby as Ana")
                await ana.reads_nothing()

    async def test_the_bare_address_is_the_default_room(self):
        await configure(default_room="tea")
        async with terminal(None, "Ana") as ana:
            await ana.reads("* You joined tea as Ana")

    async def test_without_a_name_a_guest_goes_by_the_clients_port(self):
        async with terminal(None) as ana, terminal(None, port=40_001) as ion:
            # Either may be the first.
            assert await ana.line() == f"* You joined lobby as Guest-{PORT}"
            assert await ion.line() == "* You joined lobby as Guest-40001"

    async def test_two_guests_with_one_port_have_two_names(self):
        async with terminal(None) as ana:
            await ana.reads(f"* You joined lobby as Guest-{PORT}")
            async with terminal(None, address="192.0.2.2") as ion:
                await ion.reads(f"* You joined lobby as Guest-{PORT} 2")
                await ana.reads(f"* Guest-{PORT} 2 connected")

    async def test_behind_a_proxy_that_hides_the_port_guests_get_a_number(self):
        async with terminal(None, port=0) as ana:
            line = await ana.line()
        assert line != "* You joined lobby as Guest-0"
        assert line.removeprefix("* You joined lobby as Guest-").isdecimal()

    async def test_a_member_on_a_page_of_the_site_is_themselves_whatever_name_is_given(self):
        session = await sign_in("Mara")
        async with terminal(name="Charlie", session=session, origin=OWN_ORIGIN) as mara:
            await mara.reads("* You joined lobby as Mara")

    async def test_a_page_of_another_website_is_not_let_in(self):
        for path in ("/", "/ws/plain/lobby"):
            assert not await lets_in(path=path, origin="https://charlie.example")
            assert await lets_in(path=path, origin=OWN_ORIGIN)


class TalkingTests(SocketTestCase):
    async def test_lines_reach_everybody_by_every_door_and_never_come_back(self):
        async with terminal_and_page() as (ana, ion):
            await ana.types("hello")
            await ion.hears("hello")
            await ion.send("hello Ana")
            await ana.reads("Ion: hello Ana")
            async with terminal(name="Eva") as eva:
                await eva.reads("* You joined lobby as Eva")
                await ana.reads("* Eva connected")
                await ana.types("hello Eva")
                await eva.reads("Ana: hello Eva")
            await ana.reads_nothing()

    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.05)
    async def test_who_goes_has_disconnected(self):
        async with terminal(name="Ana") as ana:
            await ana.reads("* You joined lobby as Ana")
            async with connect("Ion") as ion:
                await ion.join("lobby")
            await ana.reads("* Ion connected", "* Ion disconnected")

    async def test_messages_of_one_moment_are_lines_of_their_own(self):
        async with terminal_and_page() as (ana, ion):
            for body in ("one", "two", "three"):
                await ion.say("send", room="lobby", body=body)
            await ana.reads("Ion: one", "Ion: two", "Ion: three")

    async def test_what_a_member_writes_elsewhere_is_told_in_their_terminal_too(self):
        door = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with terminal(**door) as mara, connect(**door) as page:
            await mara.reads("* You joined lobby as Mara")
            await page.join("lobby")
            await page.send("from the page")
            await mara.reads("Mara: from the page")
            await mara.types("from the terminal")
            await page.hears("from the page", "from the terminal")
            await mara.reads_nothing()

    async def test_the_end_of_a_typed_line_is_no_part_of_the_message(self):
        async with terminal_and_page() as (ana, ion):
            await ana.types("unix\n")
            await ana.types("windows\r\n")
            await ana.types("two\nlines")
            await ion.hears("unix", "windows", "two\nlines")


class RefusalTests(SocketTestCase):
    async def refused(self, *place, **door) -> tuple[str, int]:
        """Knock where one is not let in; return the line and the close code."""
        async with terminal(*place, **door) as charlie:
            return await charlie.line(), await charlie.closed()

    async def test_a_name_that_is_taken_is_refused_with_another(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            line, code = await self.refused("lobby", "ana")
        assert line == "! That name is taken here. How about ana 2?"
        assert code == CloseCode.MALFORMED

    async def test_a_name_that_is_none_and_a_room_that_is_none_are_refused(self):
        for room, name in (
            ("lobby", "\u200b"),
            ("lobby", "x" * 33),
            ("...", "Ana"),
            ("x" * 300, "A"),
        ):
            with self.subTest(room=room[:5], name=name[:5]):
                line, code = await self.refused(room, name)
                assert line.startswith("! ")
                assert code == CloseCode.MALFORMED

    async def test_where_joining_makes_no_rooms_there_is_none(self):
        await configure(joining_creates_rooms=False)
        line, code = await self.refused("nowhere", "Ana")
        assert line.startswith("! There is no such room")
        assert code == CloseCode.MALFORMED
        assert not await Room.objects.aexists()

    async def test_while_the_database_does_not_answer_a_terminal_is_sent_away_to_come_back(self):
        with (
            mock.patch("chat.log.find_room", side_effect=OperationalError("gone away: secret")),
            self.assertLogs("chat.connection.connection", "WARNING"),
        ):
            line, code = await self.refused("lobby", "Ana")
        assert line == "! The server is busy, and this may not be saved: try again."
        assert code == CloseCode.INTERNAL_ERROR

    async def test_whoever_was_removed_is_not_let_in_and_is_cut_off_at_once(self):
        door = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with connect(**door) as page:
            person = page.user["id"]
        async with terminal(**door) as mara:
            await mara.reads("* You joined lobby as Mara")
            await block(person)
            assert (await mara.line()).startswith("! You were removed")
            assert await mara.closed() == CloseCode.REMOVED
        line, code = await self.refused(**door)
        assert line.startswith("! You were removed")
        assert code == CloseCode.REMOVED

    async def test_whoever_signed_out_is_cut_off(self):
        door = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        with (
            mock.patch("chat.live.server.TICK", 0.02),
            mock.patch("chat.live.server.LOOK_EVERY", 0.02),
        ):
            async with terminal(**door) as mara:
                await mara.reads("* You joined lobby as Mara")
                await get_user_model().objects.filter(username="Mara").aupdate(is_active=False)
                await mara.reads("! You were signed out: sign in to go on.")
                assert await mara.closed() == CloseCode.SIGNED_OUT

    async def test_a_message_that_is_refused_says_why_and_leaves_the_door_open(self):
        await configure(max_body=10)
        async with terminal_and_page() as (ana, ion):
            await ana.types("x" * 11)
            await ana.reads("! A message has at most 10 characters: send it in parts.")
            for _ in range(4):
                await ana.types("  \n")
                assert (await ana.line()).startswith("! There is nothing in this message")
            await change_room("lobby", closed=True)
            await ion.next("room")
            await ana.types("hello")
            assert (await ana.line()).startswith("! This room is closed")

    async def test_json_is_a_text_like_any_other(self):
        async with terminal_and_page() as (ana, ion):
            await ana.types('{"type": "leave", "room": "lobby"}')
            await ion.hears('{"type": "leave", "room": "lobby"}')

    async def test_frames_that_are_no_text_or_too_large_end_it_as_on_the_other_door(self):
        async with terminal(name="Ana") as ana:
            await ana.line()
            await ana.communicator.send_input({"type": "websocket.receive", "bytes": b"hello"})
            assert await ana.closed() == CloseCode.UNSUPPORTED_DATA
        async with terminal(name="Ana") as ana:
            await ana.line()
            await ana.types("x" * (64 * 1024 + 1))
            assert await ana.closed() == CloseCode.TOO_BIG

    async def test_a_room_that_is_deleted_ends_it(self):
        async with terminal("tea", "Ana") as ana:
            await ana.reads("* You joined tea as Ana")
            room = await Room.objects.aget(slug="tea")
            await room.adelete()
            await sync_to_async(announce.room_changed)(room)
            assert (await ana.line()).startswith("! There is no such room")
            assert await ana.closed() == CloseCode.MALFORMED

    async def test_a_room_with_a_new_address_is_still_written_in(self):
        async with terminal("tea", "Ana") as ana, connect("Ion") as ion:
            await ion.join("tea")
            await change_room("tea", slug="coffee")
            await ion.next("room")
            await ana.types("hello")
            await ion.hears("hello")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_whoever_types_too_fast_is_told_and_whoever_goes_on_is_sent_away(self):
        await configure(socket_rate=0.1, socket_burst=3)
        async with terminal(name="Charlie") as charlie:
            await charlie.reads("* You joined lobby as Charlie")
            await charlie.types("one")
            for _ in range(40):
                await charlie.types("more")
            assert (await charlie.line()).startswith("! Slow down a little: try again in ")
            for _ in range(30):
                await charlie.line()
            assert await charlie.closed() == CloseCode.FLOODING

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_who_comes_too_often_is_sent_away_to_come_back(self):
        await configure(address_rate=0.1, address_burst=3)
        async with terminal(name="Ana"):
            line, code = await self.refused("lobby", "Ion")
        assert line.startswith("! Slow down")
        assert code == CloseCode.FLOODING

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_one_connection_too_many_is_sent_away_to_come_back(self):
        await configure(address_sockets=1)
        async with terminal(name="Ana") as ana:
            await ana.reads("* You joined lobby as Ana")
            line, code = await self.refused("lobby", "Ion")
        assert line.startswith("! Your network has too many connections here")
        assert code == CloseCode.FLOODING
