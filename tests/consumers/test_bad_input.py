"""Bad input over a socket: a named refusal, nothing stored, nobody else disturbed."""

import json

from chat.models import Message, Room
from chat.protocol import MAX_FRAME
from chat.rules.errors import CloseCode
from tests.support.sockets import SocketTestCase, connect


def command(type: str, **fields) -> str:
    return json.dumps({"type": type, **fields})


def send(**fields) -> str:
    return command("send", **{"id": "x", "room": "lobby", "body": "bad", **fields})


NOT_JSON = {
    "nothing": "",
    "white space": " \n",
    "no JSON": "hello",
    "half an object": '{"type": "send", "room": "lobby"',
    "two objects": '{"type": "ping"}{"type": "ping"}',
    "single quotes": "{'type': 'ping'}",
    "deep nesting": "[" * 30_000,
    "deep nesting, closed": "[" * 30_000 + "]" * 30_000,
    "deep nesting in a field": '{"type":"ping","id":' + "[" * 20_000 + "]" * 20_000 + "}",
    "a lone surrogate in the body": send().replace("bad", "\\ud800"),
    "a lone surrogate in the type": '{"type": "\\udfff"}',
    "a raw control character": '{"type": "ping\x00"}',
}

NOT_COMMANDS = {
    "an array": "[]",
    "an array of commands": '[{"type": "ping"}]',
    "a number": "1",
    "null": "null",
    "a string": '"ping"',
    "no type": "{}",
    "an unknown type": command("shout"),
    "a type of the channel layer": command("chat.hint", hint={}),
    "a type of Python": command("__init__"),
    "a method's name": command("receive"),
    "a type that is no string": '{"type": ["ping"]}',
    "a type in capitals": command("PING"),
    "an unknown field": send(kind="bot"),
    "a field of another command": command("ping", body="x"),
    "a key of Python": send(__class__="x"),
    "the type twice": '{"type": "ping", "type": "shout"}',
}

WRONG_FIELDS = {
    "no id to send by": '{"type": "send", "room": "lobby", "body": "bad"}',
    "an empty id": send(id=""),
    "an id of 65 characters": send(id="x" * 65),
    "an id that is a number": send(id=1),
    "an id with a NUL": send(id="a\x00b"),
    "an id with a line break": send(id="a\n"),
    "a body that is a number": send(body=1),
    "a body that is a list": send(body=["bad"]),
    "a body that is null": send(body=None),
    "no body": '{"type": "send", "id": "x", "room": "lobby"}',
    "no room": command("join"),
    "an empty room": command("join", room=""),
    "a room that is a number": command("join", room=1),
    "a room of 201 characters": command("join", room="x" * 201),
    "a version below nothing": command("join", room="lobby", after=-1),
    "a version that is a string": command("join", room="lobby", after="1"),
    "a version that is a fraction": command("join", room="lobby", after=1.5),
    "a version that is true": command("received", room="lobby", version=True),
    "a version past 63 bits": command("join", room="lobby", after=2**63),
    "NaN": command("received", room="lobby", version=float("nan")),
    "infinity": command("received", room="lobby", version=float("inf")),
    "a number beyond floats": '{"type": "received", "room": "lobby", "version": 1e999}',
    "5,000 digits": '{"type": "received", "room": "lobby", "version": ' + "9" * 5000 + "}",
    "an epoch that is a number": command("join", room="lobby", after=1, epoch=1),
    "a name that is an object": command("hello", name={}),
    "a token that is a list": command("hello", token=[]),
}

WRONG_BODIES = {
    "an empty body": send(body=""),
    "a body of white space": send(body=" \t\r\n\u00a0\u2003\u3000"),
    "a body with a NUL": send(body="a\x00b"),
    "a body with an escaped NUL": send().replace("bad", "a\\u0000b"),
}


class BadInputTests(SocketTestCase):
    async def test_text_that_is_not_json_is_refused(self):
        await self.check_all_are_refused(NOT_JSON)

    async def test_json_that_is_not_a_command_is_refused(self):
        await self.check_all_are_refused(NOT_COMMANDS)

    async def test_a_command_with_a_wrong_field_is_refused(self):
        await self.check_all_are_refused(WRONG_FIELDS)

    async def test_a_message_with_an_invalid_body_is_refused(self):
        await self.check_all_are_refused(WRONG_BODIES)

    async def test_a_body_may_be_as_long_as_the_limit_and_no_longer(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await charlie.send_command("send", room="lobby", body="\U0001f600" * 4001)
            error = await charlie.receives_error("too_long")
            assert "4000" in error["message"]
            await charlie.send("\U0001f600" * 4000)
            await ana.receives_messages("\U0001f600" * 4000)

    async def test_a_refusal_carries_the_commands_id_if_it_is_valid(self):
        async with connect("Charlie") as charlie:
            await charlie.write(send(id="mine", extra=1))
            assert (await charlie.receives_error("bad_request"))["id"] == "mine"
            await charlie.write(send(id="x" * 65))
            assert "id" not in await charlie.receives_error("bad_request")

    async def test_a_refusal_does_not_repeat_a_long_frame(self):
        async with connect("Charlie") as charlie:
            await charlie.write(json.dumps({"type": "ping", "x" * 10_000: 1}))
            assert len((await charlie.receives_error("bad_request"))["message"]) < 200

    async def check_all_are_refused(self, frames: dict[str, str]) -> None:
        """Check that each frame is refused as `bad_request` and harms nobody."""
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            await charlie.join("lobby")
            await ana.next("presence")
            for what, frame in frames.items():
                with self.subTest(what), self.assertNoLogs("chat", "WARNING"):
                    await charlie.write(frame)
                    await charlie.receives_error("bad_request")
                    await charlie.request("ping")
            await ana.receives_nothing()
        assert not await Message.objects.aexists()
        assert [room.slug async for room in Room.objects.all()] == ["lobby"]


class ThreeInARowTests(SocketTestCase):
    async def test_three_malformed_commands_in_a_row_end_the_socket(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await ana.join("lobby")
            for _ in range(3):
                await charlie.write("{")
                await charlie.receives_error("bad_request")
            assert await charlie.closed() == CloseCode.MALFORMED
            await ana.send("undisturbed")

    async def test_a_valid_command_in_between_restarts_the_count(self):
        async with connect("Charlie") as charlie:
            for _ in range(3):
                for _ in range(2):
                    await charlie.write("{")
                    await charlie.receives_error("bad_request")
                await charlie.request("ping")

    async def test_a_valid_command_that_is_refused_is_not_malformed(self):
        async with connect("Charlie") as charlie:
            for _ in range(5):
                await charlie.send_command("leave", room="lobby")
                await charlie.receives_error("forbidden")
            await charlie.request("ping")


class FrameTests(SocketTestCase):
    async def test_a_frame_of_64_kib_is_read(self):
        async with connect("Ana") as ana:
            await ana.write(command("ping").ljust(MAX_FRAME))
            await ana.next("pong")

    async def test_a_larger_frame_ends_the_socket(self):
        for frame in (command("ping").ljust(MAX_FRAME + 1), "\u00e9" * (MAX_FRAME // 2 + 1)):
            async with connect("Ana") as ana, connect("Charlie") as charlie:
                await charlie.write(frame)
                assert await charlie.closed() == CloseCode.TOO_BIG
                await ana.request("ping")

    async def test_a_binary_frame_ends_the_socket(self):
        async with connect("Ana") as ana, connect("Charlie") as charlie:
            await charlie.communicator.send_input(
                {"type": "websocket.receive", "bytes": command("ping").encode()}
            )
            assert await charlie.closed() == CloseCode.UNSUPPORTED_DATA
            await ana.request("ping")
