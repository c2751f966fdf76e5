"""docs/protocol.md agrees with the types and with the client library."""

import re
from pathlib import Path

import pytest

from chat import protocol
from chat.api import streams
from chat.api.events import MAX_WAIT
from chat.connection import connection
from chat.live import presence, stream
from chat.models import Configuration
from chat.protocol import events
from chat.rules.errors import ChatError

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "protocol.md").read_text()
# Without the transports over HTTP, which make the events of a socket out of responses.
CLIENT = [
    path.read_text()
    for path in (ROOT / "static/chat/client").rglob("*.js")
    if path.parent.name != "transports"
]
EVENTS = events.Event.__subclasses__()
OBJECTS = [
    *(protocol.User, protocol.Room, protocol.Membership, protocol.Message, protocol.Mention),
    *(protocol.Site, protocol.Limits, protocol.ListedRoom),
]


def table(heading: str) -> dict[str, list[str]]:
    """Return the first table under a heading: the first cell, and the words of the second."""
    section = DOCUMENT.split(f"### {heading}\n", 1)[1].split("\n### ", 1)[0]
    rows = re.findall(r"^\| `?(\w+)`? \|(.*?)\|", section, re.MULTILINE)
    return {first: re.findall(r"`(\w+)`(\??)", second) for first, second in rows[1:]}


def fields(model, without: set[str]) -> list[tuple[str, str]]:
    """Return a type's fields as (name, mark); the mark of optional ones is a question mark."""
    return [
        (name, "?" if field.exclude_if else "")
        for name, field in model.model_fields.items()
        if name not in without
    ]


@pytest.mark.parametrize("command", protocol.COMMANDS, ids=lambda c: c.__name__)
def test_every_command_is_documented_with_its_fields(command):
    documented = table("Commands")[command.__name__.lower()]
    expected = [
        (name, "" if field.is_required() else "?")
        for name, field in command.model_fields.items()
        if name != "type" and (name != "id" or field.is_required())
    ]
    assert sorted(documented) == sorted(expected)


@pytest.mark.parametrize("event", EVENTS, ids=lambda e: e.__name__)
def test_every_event_is_documented_with_its_fields(event):
    kind = event.model_fields["type"].default
    assert table("Events")[kind] == fields(event, without={"id", "type"})


@pytest.mark.parametrize("thing", OBJECTS, ids=lambda o: o.__name__)
def test_every_object_is_documented_with_its_fields(thing):
    assert table("Objects")[thing.__name__] == fields(thing, without=set())


def test_nothing_is_documented_that_does_not_exist():
    assert set(table("Commands")) == {command.__name__.lower() for command in protocol.COMMANDS}
    assert set(table("Events")) == {event.model_fields["type"].default for event in EVENTS}
    assert set(table("Error codes")) == set(ChatError.STATUS)


def test_the_client_library_sends_every_command_and_no_other():
    sent = re.findall(r'\btype: "(\w+)"', "".join(CLIENT))
    assert set(sent) == set(table("Commands"))


def test_the_client_library_handles_every_event_but_replies():
    """A reply finds its command by its id, whatever its type."""
    handled = set(re.findall(r'case "(\w+)":', "".join(CLIENT)))
    replies = {name for name, _ in re.findall(r"`(\w+)`(\s*)\|$", commands_section(), re.MULTILINE)}
    assert handled | replies == set(table("Events"))


def commands_section() -> str:
    return DOCUMENT.split("### Commands\n", 1)[1].split("\n### ", 1)[0]


# The numbers in the document, and those in the code.
NUMBERS = {
    r"`hello` comes first, within (\d+) s": connection.HELLO_WITHIN,
    r"no `hello` in (\d+) s": connection.HELLO_WITHIN,
    r"no progress reading for (\d+) s": connection.PROGRESS_WITHIN,
    r"more connections than one person \((\d+)\)": Configuration().person_sockets,
    r"or one network address \((\d+)\)": Configuration().address_sockets,
    r"that they left (\d+) s after the last one went": presence.LEAVE_AFTER,
    r"A comment comes at least every (\d+) s": streams.HEARTBEAT,
    r"`wait` seconds \(0 to (\d+)\)": MAX_WAIT,
    r"past (\d+) events or": stream.WINDOW_EVENTS,
    r"past 256 events or (\d+) KB": stream.WINDOW_BYTES / 1024,
    r"past (\d+) changes": protocol.MAX_CHANGES,
    r"frame over (\d+) KiB": protocol.MAX_FRAME / 1024,
    r"body over (\d+) KiB": protocol.MAX_FRAME / 1024,
}


@pytest.mark.parametrize(("words", "number"), NUMBERS.items())
def test_the_documented_numbers_are_those_of_the_code(words, number):
    assert {float(text) for text in re.findall(words, DOCUMENT)} == {number}
