"""/api/v1/asyncapi.json is valid AsyncAPI, complete, and real traffic conforms to it."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

import jsonschema_rs
import pytest
from asgiref.sync import sync_to_async

from chat import protocol
from chat.api.docs.asyncapi import document
from chat.cluster import announce
from chat.live.typists import FORGET_AFTER
from chat.models import Person
from chat.protocol import Event, contract, parse_command
from chat.rules.errors import ChatError, CloseCode
from tests.api.support import Caller
from tests.protocol.test_protocol_document import DOCUMENT, table
from tests.support.people import change_room, configure, sign_in
from tests.support.sockets import OWN_ORIGIN, Socket, SocketTestCase, connect, open_socket

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
    """Return the target of a reference; fail if the document does not have it."""
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
    """Return the schemas without any additional properties."""
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
    """Return a validator for one of the document's schemas, without additional properties."""
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


def test_every_reference_has_a_target():
    found = list(references(described()))
    assert len(found) > len(COMMAND_TYPES | EVENT_TYPES)
    assert all(map(followed, found))


def test_a_client_sends_every_command_and_receives_every_event():
    assert set(operations("send")) == COMMAND_TYPES
    assert set(operations("receive")) == EVENT_TYPES


def test_the_replies_to_a_command_are_those_of_the_protocol():
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| (?:`(\w+)` )?\|$",
        section("Commands"),
        re.MULTILINE,
    )
    assert {command for command, _ in rows} == COMMAND_TYPES
    for command, reply in rows:
        messages = described()["operations"][command]["reply"]["messages"]
        named = [followed(message)["name"] for message in messages]
        assert named == ([reply, "error"] if reply else ["error"])


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
    current = described()
    assert [each["code"] for each in current["x-error-codes"]] == list(ChatError.STATUS)
    assert {each["code"] for each in current["x-error-codes"]} == set(table("Error codes"))
    closes = current["channels"]["chat"]["x-close-codes"]
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
    """The commands and frames of all sockets while they are recorded."""

    def __init__(self):
        self.sent: list[dict] = []
        self.received: list[list[dict]] = []


@contextmanager
def recorded() -> Iterator[Traffic]:
    traffic, write, unpack = Traffic(), Socket.write, Socket._unpack

    async def record_write(self, text):
        traffic.sent.append(json.loads(text))
        await write(self, text)

    def record_unpack(self, message):
        traffic.received.append(json.loads(message["text"]))
        unpack(self, message)

    with (
        patch.object(Socket, "write", record_write),
        patch.object(Socket, "_unpack", record_unpack),
    ):
        yield traffic


class TrafficTests(SocketTestCase):
    async def test_every_frame_of_a_long_conversation_is_as_documented(self):
        with (
            recorded() as traffic,
            patch.object(protocol, "HEARTBEAT", 0.2),
            patch("chat.live.clock.TICK", 0.05),
            patch("chat.log.reactions.NAMED", 0),
        ):
            await self.converse()
        for command in traffic.sent:
            validator(command["type"].title()).validate(command)
        for frame in traffic.received:
            validator("Frame").validate(frame)
        assert {command["type"] for command in traffic.sent} == COMMAND_TYPES
        assert {event["type"] for frame in traffic.received for event in frame} == EVENT_TYPES

    async def converse(self):
        async with connect("Ana") as ana, connect("Ion") as ion:
            await ana.join("lobby")
            await ion.join("lobby")
            await ana.next("presence")
            await ion.send_command("typing", room="lobby")
            await ana.next("typing")
            ack = await ion.send("hello", id="one")
            assert (await ion.send("hello", id="one"))["duplicate"] is True
            await ana.receives_messages("hello")
            await ion.request("edit", room="lobby", seq=1, body="hello!", base=1)
            async with connect(token=ana.token) as tab:
                await ana.request("react", room="lobby", seq=1, emoji="👍", on=True)
                await tab.next("reacted")
            await ion.request("delete", room="lobby", seq=1)
            await ana.receives_messages("hello!", "hello!", "")
            person = await Person.objects.aget(public_id=ion.user["id"])
            await sync_to_async(announce.person_renamed)(person)
            await ana.next("renamed")
            await ana.send_command("received", room="lobby", version=ack["version"])
            epoch = (await ana.join("lobby"))["room"]["epoch"]
            await ana.request("sync", room="lobby", after=0, epoch=epoch)
            await ana.request("history", room="lobby", before=9, limit=5)
            await ana.request("history", room="lobby", around=1)
            await ana.request("get", room="lobby", seqs=[1])
            await ana.request("ping")
            await ana.send_command("send", room="lobby", body="x" * 5000)
            await ana.receives_error("too_long")
            await change_room("lobby", slug="foyer", topic="Come in")
            await ana.next("room")
            await configure(welcome="Be kind.")
            await ana.next("site")
            await ana.next("heads")
            await ion.request("leave", room="foyer")
        await self.converse_as_a_member()
        async with open_socket() as eva:
            await eva.send_command("hello", name="\u200b")
            await eva.receives_error("name_invalid")

    async def converse_as_a_member(self):
        session = {"session": await sign_in("Mara"), "origin": OWN_ORIGIN}
        async with (
            connect("Ion") as ion,
            connect(**session) as phone,
            connect(**session) as laptop,
        ):
            await laptop.request("watch")
            await laptop.join("foyer")
            await laptop.next("rooms")
            await ion.join("foyer")
            ack = await ion.send("@Mara")
            await phone.next("notice")
            await laptop.send_command("read", room="foyer", seq=ack["seq"])
            await phone.next("read")

    async def test_the_document_names_the_host_of_the_request(self):
        for site, protocol_ in (("http://testserver", "ws"), ("https://testserver", "wss")):
            response = await Caller(site=site).get("asyncapi.json")
            assert response.status == 200
            server = response["servers"]["site"]
            assert (server["host"], server["protocol"]) == ("testserver", protocol_)
            assert response["channels"] == described()["channels"]
