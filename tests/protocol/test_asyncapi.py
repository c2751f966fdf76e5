"""/api/v1/asyncapi.json is a valid AsyncAPI document, says all there is, and real traffic is as it
says."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import jsonschema_rs
import pytest

from chat import protocol
from chat.api.docs.asyncapi import document
from chat.live.typists import FORGET_AFTER
from chat.protocol import Event, contract, parse_command
from chat.rules.errors import ChatError, CloseCode
from tests.api.support import Caller
from tests.protocol.test_protocol_document import DOCUMENT, table
from tests.support.people import change_room, configure
from tests.support.sockets import Socket, SocketTestCase, connect, open_socket

SCHEMA = json.loads((Path(__file__).parent / "vendor/asyncapi-3.0.0.json").read_text())
COMMAND_TYPES = {command.__name__.lower() for command in protocol.COMMANDS}
EVENT_TYPES = {event.model_fields["type"].default for event in Event.__subclasses__()}


@cache
def described() -> dict:
    return json.loads(json.dumps(document("testserver", secure=False)))


def section(heading: str) -> str:
    """Return what docs/protocol.md says under a heading."""
    return re.split(r"\n##+ ", DOCUMENT.split(f"### {heading}\n")[1])[0]


def followed(reference: dict) -> dict:
    """Return what a reference stands for; fail if there is no such thing in the document."""
    found = described()
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return followed(found) if "$ref" in found else found


def references(value) -> Iterator[dict]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def closed(value):
    """Return schemas in which nothing may be that is not named."""
    if isinstance(value, list):
        return [closed(each) for each in value]
    if not isinstance(value, dict):
        return value
    rest = {key: closed(each) for key, each in value.items()}
    if value.get("type") == "object" and "properties" in value:
        rest.setdefault("additionalProperties", False)
    return rest


@cache
def validator(name: str) -> jsonschema_rs.Draft7Validator:
    """Return what validates against one of the document's schemas, with nothing unnamed."""
    components = {"schemas": closed(described()["components"]["schemas"])}
    schema = {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "components": components}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def operations(action: str, channel: str = "chat") -> dict[str, dict]:
    """Return the one message of each operation, by the type that it has."""
    found = [
        operation
        for operation in described()["operations"].values()
        if operation["action"] == action
        and operation["channel"] == {"$ref": f"#/channels/{channel}"}
    ]
    messages = [followed(message) for operation in found for message in operation["messages"]]
    return {message["name"]: message for message in messages}


def test_the_document_is_valid_asyncapi():
    jsonschema_rs.validator_for(SCHEMA).validate(described())


def test_the_schema_of_asyncapi_refuses_what_is_not():
    wrong = described() | {"operations": {"hello": {"action": "shout", "channel": {}}}}
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(wrong)


def test_whatever_it_refers_to_is_in_it():
    found = list(references(described()))
    assert len(found) > len(COMMAND_TYPES | EVENT_TYPES)
    assert all(map(followed, found))


def test_a_client_sends_every_command_and_receives_every_event():
    assert set(operations("send")) == COMMAND_TYPES
    assert set(operations("receive")) == EVENT_TYPES


def test_the_reply_to_a_command_is_the_answer_of_the_protocol_or_an_error():
    answers = re.findall(
        r"^\| `(\w+)` \|.*\| (?:`(\w+)` )?\|$",
        section("Commands"),
        re.MULTILINE,
    )
    assert {command for command, _ in answers} == COMMAND_TYPES
    for command, answer in answers:
        replies = described()["operations"][command]["reply"]["messages"]
        named = [followed(reply)["name"] for reply in replies]
        assert named == ([answer, "error"] if answer else ["error"])


@pytest.mark.parametrize("name", sorted(COMMAND_TYPES))
def test_the_example_of_a_command_is_read_as_that_command(name):
    message = operations("send")[name]
    ((example,),) = (each.values() for each in message["examples"])
    assert parse_command(json.dumps(example)).type == name
    validator(message["payload"]["$ref"].rpartition("/")[2]).validate(example)


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_the_example_of_an_event_is_a_frame_with_that_event_alone(name):
    message = operations("receive")[name]
    ((example,),) = (each.values() for each in message["examples"])
    assert [event["type"] for event in example] == [name]
    validator("Frame").validate(example)
    frame = validator(message["payload"]["$ref"].rpartition("/")[2])
    frame.validate(example)
    other = {"type": "pong"} if name != "pong" else {"type": "left", "room": "lobby"}
    assert frame.is_valid([other, *example])
    assert not frame.is_valid([other])
    assert not frame.is_valid([])


def test_codes_are_those_of_the_protocol():
    told = described()
    assert [each["code"] for each in told["x-error-codes"]] == list(ChatError.STATUS)
    assert {each["code"] for each in told["x-error-codes"]} == set(table("Error codes"))
    closes = told["channels"]["chat"]["x-close-codes"]
    codes = {each["code"] for each in closes}
    assert codes >= {each for each in vars(CloseCode).values() if isinstance(each, int)}
    rows = re.findall(r"^\| ([\d, ]+) \|.*\| (.*) \|$", section("Close codes"), re.MULTILINE)
    final = {int(code) for codes, client in rows if "stops" in client for code in codes.split(",")}
    named = {int(code) for codes, _ in rows for code in codes.split(",")}
    assert {each["code"] for each in closes if each["final"]} == final
    assert codes == named | {1003, 1007, 1009}


def test_numbers_are_those_of_the_protocol():
    numbers = described()["x-numbers"]
    assert f"within {numbers['helloWithinSeconds']} s" in DOCUMENT
    assert f"at least every {numbers['receiptMessages']} messages" in DOCUMENT
    assert f"forget them after {numbers['typingSeconds']} s" in DOCUMENT
    assert numbers["typingSeconds"] == FORGET_AFTER == contract.TYPING_SECONDS
    assert numbers["unreceivedBytesAtMost"] == 256 * 1024
    assert f"past {numbers['unreceivedEventsAtMost']} events or 256 KB" in DOCUMENT
    assert f"up to {numbers['membersAtMost']} people" in DOCUMENT
    assert f"past {numbers['missedMessagesAtMost']} changes" in DOCUMENT
    assert f"1 to {numbers['historyMessagesAtMost']}, by default {numbers['historyMessages']}" in (
        DOCUMENT
    )


class Traffic:
    """What went over sockets while it was recorded, frame by frame."""

    def __init__(self):
        self.said: list[dict] = []
        self.told: list[list[dict]] = []


@contextmanager
def recorded() -> Iterator[Traffic]:
    traffic, write, unpack = Traffic(), Socket.write, Socket._unpack

    async def record_write(self, text):
        traffic.said.append(json.loads(text))
        await write(self, text)

    def record_unpack(self, message):
        traffic.told.append(json.loads(message["text"]))
        unpack(self, message)

    with (
        patch.object(Socket, "write", record_write),
        patch.object(Socket, "_unpack", record_unpack),
    ):
        yield traffic


class TrafficTests(SocketTestCase):
    async def test_every_frame_of_a_long_conversation_is_as_the_document_says(self):
        with (
            recorded() as traffic,
            patch.object(protocol, "HEARTBEAT", 0.2),
            patch("chat.live.server.TICK", 0.05),
        ):
            await self.converse()
        for command in traffic.said:
            validator(command["type"].title()).validate(command)
        for frame in traffic.told:
            validator("Frame").validate(frame)
        assert {command["type"] for command in traffic.said} == COMMAND_TYPES
        assert {event["type"] for frame in traffic.told for event in frame} == EVENT_TYPES

    async def converse(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await ion.say("typing", room="lobby")
            await ana.next("typing")
            ack = await ion.send("hello", id="one")
            assert (await ion.send("hello", id="one"))["duplicate"] is True
            await ana.hears("hello")
            await ana.say("received", room="lobby", version=ack["version"])
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            await ana.ask("sync", room="lobby", after=0, epoch=epoch)
            await ana.ask("history", room="lobby", before=9, limit=5)
            await ana.ask("ping")
            await ana.say("send", room="lobby", body="x" * 5000)
            await ana.refused("too_long")
            await change_room("lobby", slug="foyer", topic="Come in")
            await ana.next("room")
            await configure(welcome="Be kind.")
            await ana.next("site")
            await ana.next("heads")
            await ion.ask("leave", room="foyer")
        async with open_socket() as eva:
            await eva.say("hello", name="\u200b")
            await eva.refused("name_invalid")

    async def test_the_door_tells_the_host_that_it_was_asked_at(self):
        for site, protocol_ in (("http://testserver", "ws"), ("https://testserver", "wss")):
            answer = await Caller(site=site).get("asyncapi.json")
            assert answer.status == 200
            server = answer["servers"]["site"]
            assert (server["host"], server["protocol"]) == ("testserver", protocol_)
            assert answer["channels"] == described()["channels"]
