"""The consumer for terminals: lines of text, in the same rooms as all other clients."""

from unittest import mock

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import override_settings

from chat.cluster import announce
from chat.models import Room
from chat.rules.errors import CloseCode
from tests.access.support import admit
from tests.api.support import new_member
from tests.support.people import block, change_room, configure, sign_in
from tests.support.rooms import fill
from tests.support.sockets import OWN_ORIGIN, SocketTestCase, accepts_handshake, connect
from tests.support.terminals import PORT, terminal, terminal_and_page


class JoinTests(SocketTestCase):
    async def test_the_first_line_has_the_room_and_the_name(self):
        async with terminal("Chess Club", "Ana") as ana:
            await ana.reads("* You joined chess-club as Ana")

    async def test_earlier_messages_are_not_shown(self):
        await fill("lobby", 3)
        async with connect("Ion") as ion:
            await ion.join("lobby")
            await ion.send("m4")
            async with terminal(name="Ana") as ana:
                await ana.reads("* You joined lobby as Ana")
                await ana.reads_nothing()

    async def test_the_newest_messages_come_first_where_the_address_asks_for_them(self):
        await fill("lobby", 60)
        for history, first in (("2", 59), ("50", 11), ("999", 11)):
            with self.subTest(history=history):
                async with terminal(name="Ana", history=history) as ana:
                    await ana.reads("* You joined lobby as Ana")
                    for number in range(first, 61):
                        assert (await ana.line()).endswith(f": m{number}")
                    await ana.reads_nothing()

    async def test_an_address_that_asks_for_no_number_of_messages_gets_none(self):
        await fill("lobby", 3)
        for history in ("0", "", "-1", "x", "1.5", "\u0663", "1000000000"):
            with self.subTest(history=history):
                async with terminal(name="Ana", history=history) as ana:
                    await ana.reads("* You joined lobby as Ana")
                    await ana.reads_nothing()

    async def test_the_root_path_is_the_default_room(self):
        await configure(default_room="tea")
        async with terminal(None, "Ana") as ana:
            await ana.reads("* You joined tea as Ana")

    async def test_without_a_name_a_guest_is_named_after_the_port(self):
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

    async def test_without_a_port_guests_get_a_random_number(self):
        async with terminal(None, port=0) as ana:
            line = await ana.line()
        assert line != "* You joined lobby as Guest-0"
        assert line.removeprefix("* You joined lobby as Guest-").isdecimal()

    async def test_a_session_counts_more_than_the_name_in_the_address(self):
        session = await sign_in("Mara")
        async with terminal(name="Charlie", session=session, origin=OWN_ORIGIN) as mara:
            await mara.reads("* You joined lobby as Mara")

    async def test_a_page_of_another_website_is_refused(self):
        for path in ("/", "/ws/plain/lobby"):
            assert not await accepts_handshake(path=path, origin="https://charlie.example")
            assert await accepts_handshake(path=path, origin=OWN_ORIGIN)


class MessageTests(SocketTestCase):
    async def test_lines_reach_sockets_and_terminals_without_echo(self):
        async with terminal_and_page() as (ana, ion):
            await ana.types("hello")
            await ion.receives_messages("hello")
            await ion.send("hello Ana")
            await ana.reads("Ion: hello Ana")
            async with terminal(name="Eva") as eva:
                await eva.reads("* You joined lobby as Eva")
                await ana.reads("* Eva connected")
                await ana.types("hello Eva")
                await eva.reads("Ana: hello Eva")
            await ana.reads_nothing()

    async def test_nobody_says_by_their_name_that_others_left(self):
        async with terminal(name="Ana") as ana:
            await ana.reads("* You joined lobby as Ana")
            async with connect("Ion disconnected. Eva") as eva:
                await eva.join("lobby")
                await ana.reads("* “Ion disconnected. Eva” connected")

    @mock.patch("chat.live.presence.LEAVE_AFTER", 0.05)
    async def test_those_who_leave_are_shown_as_disconnected(self):
        async with terminal(name="Ana") as ana:
            await ana.reads("* You joined lobby as Ana")
            async with connect("Ion") as ion:
                await ion.join("lobby")
            await ana.reads("* Ion connected", "* Ion disconnected")

    async def test_messages_of_one_frame_are_separate_lines(self):
        async with terminal_and_page() as (ana, ion):
            for body in ("one", "two", "three"):
                await ion.send_command("send", room="lobby", body=body)
            await ana.reads("Ion: one", "Ion: two", "Ion: three")

    async def test_a_members_messages_from_elsewhere_are_shown(self):
        member = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with terminal(**member) as mara, connect(**member) as page:
            await mara.reads("* You joined lobby as Mara")
            await page.join("lobby")
            await page.send("from the page")
            await mara.reads("Mara: from the page")
            await mara.types("from the terminal")
            await page.receives_messages("from the page", "from the terminal")
            await mara.reads_nothing()

    async def test_the_end_of_a_typed_line_is_not_sent(self):
        async with terminal_and_page() as (ana, ion):
            await ana.types("unix\n")
            await ana.types("windows\r\n")
            await ana.types("two\nlines")
            await ion.receives_messages("unix", "windows", "two\nlines")


class RefusalTests(SocketTestCase):
    async def refused(self, *place, **options) -> tuple[str, int]:
        """Connect where that is refused; return the line and the close code."""
        async with terminal(*place, **options) as charlie:
            return await charlie.line(), await charlie.closed()

    async def test_a_taken_name_is_refused_with_a_suggestion(self):
        async with connect("Ana") as ana:
            await ana.join("lobby")
            line, code = await self.refused("lobby", "ana")
        assert line == "! Somebody here has that name. How about “ana 2”?"
        assert code == CloseCode.MALFORMED

    async def test_invalid_names_and_rooms_are_refused(self):
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

    async def test_a_missing_room_is_refused_where_joining_creates_none(self):
        await configure(joining_creates_rooms=False)
        line, code = await self.refused("nowhere", "Ana")
        assert line.startswith("! This room does not exist")
        assert code == CloseCode.MALFORMED
        assert not await Room.objects.aexists()

    async def test_without_the_database_a_terminal_may_reconnect(self):
        with (
            mock.patch("chat.log.look_up", side_effect=OperationalError("gone away: secret")),
            self.assertLogs("chat.live.threads", "WARNING"),
        ):
            line, code = await self.refused("lobby", "Ana")
        assert line == "! The server is busy. Try again in a moment."
        assert code == CloseCode.INTERNAL_ERROR

    async def test_a_removed_person_is_disconnected_and_refused(self):
        member = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with connect(**member) as page:
            person = page.user["id"]
        async with terminal(**member) as mara:
            await mara.reads("* You joined lobby as Mara")
            await block(person)
            assert (await mara.line()).startswith("! You can no longer")
            assert await mara.closed() == CloseCode.REMOVED
        line, code = await self.refused(**member)
        assert line.startswith("! You can no longer")
        assert code == CloseCode.REMOVED

    async def test_who_leaves_elsewhere_is_told_so(self):
        mara = await new_member("Mara")
        session = mara.cookies[settings.SESSION_COOKIE_NAME]
        await mara.post("rooms", {"name": "Tea"})
        await admit(await Room.objects.aget(slug="tea"), (await new_member("Ion")).user, "owner")
        async with terminal("tea", session=session, origin=OWN_ORIGIN) as lines:
            await lines.reads("* You joined tea as Mara")
            assert (await mara.delete(f"rooms/tea/members/{mara.user['id']}")).status == 204
            await lines.reads("* You left the room")
            assert await lines.closed() == CloseCode.MALFORMED

    async def test_a_person_who_signs_out_is_disconnected(self):
        member = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        with (
            mock.patch("chat.live.clock.TICK", 0.02),
            mock.patch("chat.live.clock.POLL_EVERY", 0.02),
        ):
            async with terminal(**member) as mara:
                await mara.reads("* You joined lobby as Mara")
                await get_user_model().objects.filter(username="Mara").aupdate(is_active=False)
                await mara.reads("! You were signed out. Sign in to go on.")
                assert await mara.closed() == CloseCode.SIGNED_OUT

    async def test_a_refused_message_does_not_end_the_connection(self):
        await configure(max_body=10)
        async with terminal_and_page() as (ana, ion):
            await ana.types("x" * 11)
            await ana.reads("! This message is too long. Send it in parts of up to 10 characters.")
            for _ in range(4):
                await ana.types("  \n")
                assert (await ana.line()).startswith("! There is nothing in this message")
            await change_room("lobby", closed=True)
            await ion.next("room")
            await ana.types("hello")
            assert (await ana.line()).startswith("! Not sent. This room is closed")

    async def test_json_is_sent_as_text(self):
        async with terminal_and_page() as (ana, ion):
            await ana.types('{"type": "leave", "room": "lobby"}')
            await ion.receives_messages('{"type": "leave", "room": "lobby"}')

    async def test_binary_and_oversized_frames_end_the_connection(self):
        async with terminal(name="Ana") as ana:
            await ana.line()
            await ana.communicator.send_input({"type": "websocket.receive", "bytes": b"hello"})
            assert await ana.closed() == CloseCode.UNSUPPORTED_DATA
        async with terminal(name="Ana") as ana:
            await ana.line()
            await ana.types("x" * (64 * 1024 + 1))
            assert await ana.closed() == CloseCode.TOO_BIG

    async def test_deleting_the_room_ends_the_connection(self):
        async with terminal("tea", "Ana") as ana:
            await ana.reads("* You joined tea as Ana")
            room = await Room.objects.aget(slug="tea")
            await room.adelete()
            await sync_to_async(announce.room_changed)(room)
            assert (await ana.line()).startswith("! This room was deleted")
            assert await ana.closed() == CloseCode.MALFORMED

    async def test_a_room_with_a_new_address_still_gets_messages(self):
        async with terminal("tea", "Ana") as ana, connect("Ion") as ion:
            await ion.join("tea")
            await change_room("tea", slug="coffee")
            await ion.next("room")
            await ana.types("hello")
            await ion.receives_messages("hello")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_flooding_is_refused_and_then_disconnected(self):
        await configure(socket_rate=0.1, socket_burst=3)
        async with terminal(name="Charlie") as charlie:
            await charlie.reads("* You joined lobby as Charlie")
            await charlie.types("one")
            for _ in range(40):
                await charlie.types("more")
            assert (await charlie.line()).startswith("! That was quick. Try again in ")
            for _ in range(30):
                await charlie.line()
            assert await charlie.closed() == CloseCode.FLOODING

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_connecting_too_often_is_refused_for_a_while(self):
        await configure(address_rate=0.1, address_burst=3)
        async with terminal(name="Ana"):
            line, code = await self.refused("lobby", "Ion")
        assert line.startswith("! That was quick")
        assert code == CloseCode.FLOODING

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_one_connection_too_many_is_refused_for_a_while(self):
        await configure(address_sockets=1)
        async with terminal(name="Ana") as ana:
            await ana.reads("* You joined lobby as Ana")
            line, code = await self.refused("lobby", "Ion")
        assert line.startswith("! Your network has too many tabs open here")
        assert code == CloseCode.FLOODING
