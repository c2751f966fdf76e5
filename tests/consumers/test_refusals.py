"""Each error code and each close code of the protocol, in the situation that it is for.

Each test is named after its code; CompletenessTests compares the names with all codes.
"""

import re
from contextlib import asynccontextmanager
from unittest import mock

from django.contrib.auth.hashers import make_password
from django.db import InterfaceError, OperationalError
from django.test import SimpleTestCase, override_settings

from chat.live.server import current
from chat.models import Message, Room
from chat.rules.errors import ChatError, CloseCode
from tests.access.support import make_private
from tests.support.people import block, change_room, configure
from tests.support.sockets import SocketTestCase, connect, open_socket

NO_ROOM_HAS_A_LIMIT_OF_PEOPLE = {"room_full"}


@asynccontextmanager
async def charlie_in_the_lobby(**options):
    async with connect("Charlie", **options) as charlie:
        await charlie.join("lobby")
        yield charlie


class ErrorCodeTests(SocketTestCase):
    async def test_bad_request_is_for_an_unknown_command(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.send_command("dance")
            await charlie.receives_error("bad_request")

    async def test_password_required_is_for_joining_without_it(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room="safe")
            await charlie.receives_error("password_required")

    async def test_password_wrong_is_for_another_one(self):
        await make_private("safe", Room.Kind.PUBLIC, password=make_password("open sesame"))
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room="safe", password="open")
            await charlie.receives_error("password_wrong")

    async def test_unauthorized_is_for_a_client_that_has_not_sent_hello(self):
        async with open_socket() as charlie:
            await charlie.send_command("join", room="lobby")
            await charlie.receives_error("unauthorized")

    async def test_not_found_is_for_an_unknown_room_that_may_not_be_created(self):
        await configure(joining_creates_rooms=False)
        async with connect("Charlie") as charlie:
            await charlie.send_command("join", room="secret")
            await charlie.receives_error("not_found")

    async def test_forbidden_is_for_a_person_who_may_not_write(self):
        async with charlie_in_the_lobby() as charlie:
            await change_room("lobby", closed=True)
            await charlie.send_command("send", room="lobby", body="let me")
            await charlie.receives_error("forbidden")

    async def test_name_taken_is_for_a_name_present_in_the_room(self):
        async with charlie_in_the_lobby(), connect("charlie") as second:
            await second.send_command("join", room="lobby")
            assert (await second.receives_error("name_taken"))["suggestion"] == "charlie 2"

    async def test_name_invalid_is_for_a_name_with_invisible_characters(self):
        async with open_socket() as charlie:
            await charlie.send_command("hello", name="Ana\u200d")
            await charlie.receives_error("name_invalid")

    async def test_too_long_is_for_a_message_over_the_limit(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.send_command("send", room="lobby", body="x" * 4001)
            await charlie.receives_error("too_long")

    async def test_conflict_is_for_two_messages_under_one_id(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.send("one", id="1")
            await charlie.send_command("send", id="1", room="lobby", body="another")
            await charlie.receives_error("conflict")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_rate_limited_is_for_too_many_commands_and_has_retry_after(self):
        await configure(socket_burst=2, socket_rate=0.1)
        async with charlie_in_the_lobby() as charlie:
            await charlie.send_command("send", room="lobby", body="me again")
            assert (await charlie.receives_error("rate_limited"))["retry_after"] > 0

    async def test_unavailable_is_for_a_failed_write_and_allows_a_repeat(
        self,
    ):
        async with charlie_in_the_lobby() as charlie:
            full = OperationalError("disk full: secret")
            with (
                mock.patch.object((await current()).committer.writes, "work", side_effect=full),
                self.assertLogs("chat.live.batcher", "WARNING"),
            ):
                await charlie.send_command("send", id="1", room="lobby", body="keep this")
                error = await charlie.receives_error("unavailable")
            assert error["retry_after"] > 0
            assert "secret" not in str(error)
            assert "duplicate" not in await charlie.send("keep this", id="1")
            assert await Message.objects.acount() == 1

    async def test_unavailable_is_for_a_failed_read(self):
        async with charlie_in_the_lobby() as charlie:
            # The first from a statement under way, the second from a closed connection.
            failures = OperationalError("away: secret"), InterfaceError("closed: secret")
            with (
                mock.patch("chat.log.page", side_effect=failures),
                self.assertLogs("chat.live.threads", "WARNING"),
            ):
                for _ in failures:
                    await charlie.send_command("history", room="lobby", before=1)
                    assert "secret" not in str(await charlie.receives_error("unavailable"))
            await charlie.request("history", room="lobby", before=1)

    async def test_unavailable_is_for_an_unexpected_error_and_keeps_the_socket(self):
        async with charlie_in_the_lobby() as charlie:
            with (
                mock.patch("chat.log.page", side_effect=ZeroDivisionError("secret")),
                self.assertLogs("chat.connection.commands.runner", "ERROR"),
            ):
                await charlie.send_command("history", room="lobby", before=1)
                assert "secret" not in str(await charlie.receives_error("unavailable"))
            await charlie.send("still here")


class CloseCodeTests(SocketTestCase):
    async def test_1003_is_for_a_binary_frame(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.communicator.send_input({"type": "websocket.receive", "bytes": b"\x00"})
            assert await charlie.closed() == 1003

    async def test_1009_is_for_a_frame_over_64_kib(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.write("x" * 65_537)
            assert await charlie.closed() == 1009

    async def test_1011_is_for_a_client_that_could_not_be_resynchronised(self):
        async with connect("Ana") as ana, charlie_in_the_lobby(buffer=1) as charlie:
            await ana.join("lobby")
            with (
                mock.patch("chat.live.tail.TAIL_EVENTS", 4),
                mock.patch("chat.log.backlog", side_effect=OperationalError("gone away")),
                self.assertLogs("chat.live.threads", "WARNING"),
            ):
                for number in range(20):
                    await ana.send(f"m{number}")
                    await ana.receives_messages(f"m{number}")
                assert await charlie.closed() == 1011

    async def test_4400_is_for_three_malformed_commands_in_a_row(self):
        async with charlie_in_the_lobby() as charlie:
            for _ in range(3):
                await charlie.write("{")
            assert await charlie.closed() == 4400

    async def test_4401_is_for_an_unknown_token(self):
        async with open_socket() as charlie:
            await charlie.send_command("hello", token="made up")
            assert await charlie.closed() == 4401

    async def test_4403_is_for_a_blocked_person(self):
        async with charlie_in_the_lobby() as charlie:
            await block(charlie.user["id"])
            assert await charlie.closed() == 4403

    @mock.patch("chat.connection.connection.HELLO_WITHIN", 0.05)
    async def test_4408_is_for_a_client_that_sends_no_hello(self):
        async with open_socket() as charlie:
            assert await charlie.closed() == 4408

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_4429_is_for_a_client_that_floods_on_although_refused(self):
        await configure(socket_burst=2, socket_rate=0.1)
        async with charlie_in_the_lobby() as charlie:
            for _ in range(50):
                await charlie.send_command("send", room="lobby", body="flood")
            assert await charlie.closed() == 4429
            assert charlie.unread[-1]["retry_after"] > 0


class CompletenessTests(SimpleTestCase):
    def test_each_error_code_that_can_occur_has_a_test(self):
        codes = set(ChatError.STATUS) - NO_ROOM_HAS_A_LIMIT_OF_PEOPLE
        assert named_in(ErrorCodeTests, "|".join(ChatError.STATUS)) == codes

    def test_each_close_code_has_a_test(self):
        codes = {code for name, code in vars(CloseCode).items() if name.isupper()}
        tested = set(map(int, named_in(CloseCodeTests, r"\d+")))
        assert tested == codes


def named_in(case: type, code: str) -> set[str]:
    """Return the codes that the tests of a case are named after."""
    tests = (re.fullmatch(rf"test_({code})_is_for_\w+", name) for name in vars(case))
    return {test[1] for test in tests if test}
