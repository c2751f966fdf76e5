"""The client library and the server agree: on what they say, on codes and on numbers."""

import json
import os
import re
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest

from chat.api.docs.asyncapi import document
from tests.protocol.test_asyncapi import COMMAND_TYPES, EVENT_TYPES, operations, validator
from tests.support.servers import ROOT

LIBRARY = ROOT / "static/chat/client"
DOCUMENT = document("testserver", secure=False)
NUMBERS = DOCUMENT["x-numbers"]
CLOSES = DOCUMENT["channels"]["chat"]["x-close-codes"]
ERRORS = DOCUMENT["x-error-codes"]
# What only the library itself says.
OWN_ERRORS = {"bad_address", "disconnected"}

ASK = """
    import * as protocol from "./static/chat/client/protocol.js";
    import { afterClose } from "./static/chat/client/closes.js";
    import { ChatError } from "./static/chat/client/errors.js";
    const { closes, errors } = JSON.parse(process.argv[1]);
    const temporary = errors.filter((code) => new ChatError(code, "No.").isTemporary);
    const after = closes.map((code) => [code, afterClose(code), afterClose(code, 60)]);
    console.log(JSON.stringify({ protocol, temporary, after }));
"""


def run(node: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run node in the project, and keep what it prints."""
    command, variables = [node, *arguments], os.environ | environment
    return subprocess.run(
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="module")
def client(needs) -> dict:
    """What the library makes of the document's codes, and its own numbers."""
    codes = {
        "closes": [close["code"] for close in CLOSES],
        "errors": [error["code"] for error in ERRORS],
    }
    done = run(needs("Node"), "--input-type=module", "--eval", ASK, "--", json.dumps(codes))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def traffic(needs, tmp_path_factory) -> list[dict]:
    """All that went over the sockets of the library's own tests: what it `sent` and was `told`.

    Whether those tests pass, tests/test_javascript.py says.
    """
    folder = tmp_path_factory.mktemp("traffic")
    record = ["--import", "./tests/js/support/record.js"]
    run(needs("Node"), *record, "--test", "tests/js/**/*.test.js", RECORD=str(folder))
    lines = [line for file in folder.iterdir() for line in file.read_text().splitlines()]
    return [json.loads(line) for line in lines]


def test_the_library_sends_every_command_as_the_document_describes_it(traffic):
    sent = [each["sent"] for each in traffic if "sent" in each]
    for command in sent:
        validator(command["type"].title()).validate(command)
    assert {command["type"] for command in sent} == COMMAND_TYPES


def test_the_library_is_tried_with_events_as_the_document_describes_them(traffic):
    told = [each["told"] for each in traffic if "told" in each]
    known = [event for event in told if event["type"] in EVENT_TYPES]
    schemas = DOCUMENT["components"]
    for event in known:
        payload = operations("receive")[event["type"]]["payload"]
        schema = {"allOf": [payload], "components": schemas}
        jsonschema_rs.Draft7Validator(schema, validate_formats=True).validate([event])
    assert {event["type"] for event in known} == EVENT_TYPES


def test_the_library_stops_and_comes_back_as_the_close_codes_say(client):
    for close, (code, after, asked_for_patience) in zip(CLOSES, client["after"], strict=True):
        assert close["code"] == code
        assert after["stop"] is close["final"]
        if not close["final"]:
            assert after["atLeast"] == close["at_least"] * 1000
            longer = 60_000 if close["at_least"] else 0
            assert asked_for_patience["atLeast"] == longer


def test_the_library_tries_again_after_the_errors_that_pass(client):
    assert client["temporary"] == [error["code"] for error in ERRORS if error["temporary"]]


def test_the_library_goes_by_the_numbers_of_the_document(client):
    numbers = client["protocol"]
    assert numbers["RECEIPT_MESSAGES"] == NUMBERS["receiptMessages"]
    assert numbers["RECEIPT_MS"] == NUMBERS["receiptSeconds"] * 1000
    assert numbers["TYPING_MS"] == NUMBERS["typingSeconds"] * 1000
    assert numbers["PAGE"] == NUMBERS["historyMessages"]
    assert numbers["PAGE_AT_MOST"] == NUMBERS["historyMessagesAtMost"]
    assert numbers["LISTED_AT_MOST"] == NUMBERS["membersAtMost"]


def test_no_code_in_the_library_is_one_that_the_document_has_not():
    """Close codes stand in protocol.js alone, and what it exports is compared by name."""
    files = {path.name: path.read_text() for path in LIBRARY.rglob("*.js")}
    literal = {name for name, text in files.items() if re.search(r"\b44\d\d\b", text)}
    assert literal == {"protocol.js"}
    closes = set(map(int, re.findall(r"\b44\d\d\b", files["protocol.js"])))
    assert closes <= {close["code"] for close in CLOSES}
    text = "".join(files.values())
    errors = set(re.findall(r'\bcode === "(\w+)"|ChatError\("(\w+)"', text))
    named = {code for pair in errors for code in pair if code}
    assert named
    assert named <= {error["code"] for error in ERRORS} | OWN_ERRORS
