"""Each error code and each close code of the protocol, in the situation that it is for.

A test is named after its code; another holds the list to the codes there are.
"""

import re
from contextlib import asynccontextmanager
from unittest import mock

from django.db import InterfaceError, OperationalError
from django.test import SimpleTestCase, override_settings

from chat.models import Message
from chat.rules.errors import ChatError, CloseCode
from tests.support.people import block, change_room, configure
from tests.support.sockets import SocketTestCase, connect, open_socket

NO_ROOM_HAS_A_LIMIT_OF_PEOPLE = {"room_full"}


@asynccontextmanager
async def charlie_in_the_lobby(**door):
    async with connect("Charlie", **door) as charlie:
        await charlie.join("lobby")
        yield charlie


class ErrorCodeTests(SocketTestCase):
    async def test_bad_request_is_for_what_is_no_command(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.say("dance")
            await charlie.refused("bad_request")

    async def test_unauthorized_is_for_who_has_not_said_hello(self):
        async with open_socket() as charlie:
            await charlie.say("join", room="lobby")
            await charlie.refused("unauthorized")

    async def test_not_found_is_for_a_room_that_is_not_there_and_may_not_be_made(self):
        await configure(joining_creates_rooms=False)
        async with connect("Charlie") as charlie:
            await charlie.say("join", room="secret")
            await charlie.refused("not_found")

    async def test_forbidden_is_for_who_may_not_write(self):
        async with charlie_in_the_lobby() as charlie:
            await change_room("lobby", closed=True)
            await charlie.say("send", room="lobby", body="let me")
            await charlie.refused("forbidden")

    async def test_name_taken_is_for_the_second_of_a_name_in_a_room(self):
        async with charlie_in_the_lobby(), connect("charlie") as other:
            await other.say("join", room="lobby")
            assert (await other.refused("name_taken"))["suggestion"] == "charlie 2"

    async def test_name_invalid_is_for_a_name_that_hides_something(self):
        async with open_socket() as charlie:
            await charlie.say("hello", name="Ana\u200d")
            await charlie.refused("name_invalid")

    async def test_too_long_is_for_a_message_over_the_limit(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.say("send", room="lobby", body="x" * 4001)
            await charlie.refused("too_long")

    async def test_conflict_is_for_two_messages_under_one_id(self):
        async with charlie_in_the_lobby() as charlie:
            await charlie.send("one", id="1")
            await charlie.say("send", id="1", room="lobby", body="another")
            await charlie.refused("conflict")

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_rate_limited_is_for_who_is_too_quick_and_says_how_long_to_wait(self):
        await configure(socket_burst=2, socket_rate=0.1)
        async with charlie_in_the_lobby() as charlie:
            await charlie.say("send", room="lobby", body="me again")
            assert (await charlie.refused("rate_limited"))["retry_after"] > 0

    async def test_unavailable_is_for_a_database_that_cannot_write_and_the_same_can_be_sent_again(
        self,
    ):
        async with charlie_in_the_lobby() as charlie:
            with (
                mock.patch("chat.log.append", side_effect=OperationalError("disk full: secret")),
                self.assertLogs("chat.live.batcher", "WARNING"),
            ):
                await charlie.say("send", id="1", room="lobby", body="keep this")
                error = await charlie.refused("unavailable")
            assert error["retry_after"] > 0
            assert "secret" not in str(error)
            assert "duplicate" not in await charlie.send("keep this", id="1")
            assert await Message.objects.acount() == 1

    async def test_unavailable_is_for_a_database_that_cannot_be_read(self):
        async with charlie_in_the_lobby() as charlie:
            # The first where a statement was under way, the second of a connection that is closed.
            for gone in (OperationalError("away: secret"), InterfaceError("closed: secret")):
                with (
                    mock.patch("chat.log.page", side_effect=gone),
                    self.assertLogs("chat.connection.connection", "WARNING"),
                ):
                    await charlie.say("history", room="lobby", before=1)
                    assert "secret" not in str(await charlie.refused("unavailable"))
            await charlie.ask("history", room="lobby", before=1)

    async def test_unavailable_is_for_what_nobody_foresaw_and_the_socket_stays(self):
        async with charlie_in_the_lobby() as charlie:
            with (
                mock.patch("chat.log.page", side_effect=ZeroDivisionError("secret")),
                self.assertLogs("chat.connection.commands", "ERROR"),
            ):
                await charlie.say("history", room="lobby", before=1)
                assert "secret" not in str(await charlie.refused("unavailable"))
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

    async def test_1011_is_for_a_client_that_could_not_be_brought_up_to_date(self):
        async with connect("Ana") as ana, charlie_in_the_lobby(line=1) as charlie:
            await ana.join("lobby")
            with (
                mock.patch("chat.live.tail.TAIL_EVENTS", 4),
                mock.patch("chat.log.since", side_effect=OperationalError("gone away")),
                self.assertLogs("chat.connection.connection", "WARNING"),
            ):
                for number in range(20):
                    await ana.send(f"m{number}")
                    await ana.hears(f"m{number}")
                assert await charlie.closed() == 1011

    async def test_4400_is_for_three_malformed_commands_in_a_row(self):
        async with charlie_in_the_lobby() as charlie:
            for _ in range(3):
                await charlie.write("{")
            assert await charlie.closed() == 4400

    async def test_4401_is_for_a_token_that_nobody_was_given(self):
        async with open_socket() as charlie:
            await charlie.say("hello", token="made up")
            assert await charlie.closed() == 4401

    async def test_4403_is_for_who_was_blocked(self):
        async with charlie_in_the_lobby() as charlie:
            await block(charlie.user["id"])
            assert await charlie.closed() == 4403

    @mock.patch("chat.connection.connection.HELLO_WITHIN", 0.05)
    async def test_4408_is_for_who_says_no_hello(self):
        async with open_socket() as charlie:
            assert await charlie.closed() == 4408

    @override_settings(CHAT_RATE_LIMITS=True)
    async def test_4429_is_for_who_floods_on_although_refused(self):
        await configure(socket_burst=2, socket_rate=0.1)
        async with charlie_in_the_lobby() as charlie:
            for _ in range(50):
                await charlie.say("send", room="lobby", body="flood")
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
    """The codes that the tests of a case are named after."""
    tests = (re.fullmatch(rf"test_({code})_is_for_\w+", name) for name in vars(case))
    return {test[1] for test in tests if test}
