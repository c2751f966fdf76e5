"""The client library and the server agree on commands, events, codes and numbers."""

import json
import re
import subprocess
from functools import cache

import jsonschema_rs
import pytest

from chat.api.docs.asyncapi import document
from tests.protocol.test_asyncapi import COMMAND_TYPES, EVENT_TYPES, operations, validator
from tests.support import javascript
from tests.support.servers import ROOT

LIBRARY = ROOT / "static/chat/client"
DOCUMENT = document("testserver", secure=False)
NUMBERS = DOCUMENT["x-numbers"]
CLOSES = DOCUMENT["channels"]["chat"]["x-close-codes"]
ERRORS = DOCUMENT["x-error-codes"]
# Codes that only the library itself raises.
OWN_ERRORS = {"bad_address", "disconnected"}

ASK = """
    import * as protocol from "./static/chat/client/base/protocol.js";
    import { afterClose } from "./static/chat/client/link/closes.js";
    import { ChatError } from "./static/chat/client/base/errors.js";
    const { closes, errors } = JSON.parse(process.argv[1]);
    const temporary = errors.filter((code) => new ChatError(code, "No.").isTemporary);
    const after = closes.map((code) => [code, afterClose(code), afterClose(code, 60)]);
    console.log(JSON.stringify({ protocol, temporary, after }));
"""


@pytest.fixture(scope="module")
def client(needs) -> dict:
    """Return how the library treats the document's codes, and its own numbers."""
    codes = {
        "closes": [close["code"] for close in CLOSES],
        "errors": [error["code"] for error in ERRORS],
    }
    command = [needs("Node"), "--input-type=module", "--eval", ASK, "--", json.dumps(codes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def traffic(needs) -> list[dict]:
    """Return the traffic of the library's own tests: what it `sent`, and what it `received`.

    tests/test_javascript.py checks that those tests pass.
    """
    return javascript.Run(needs("Node")).traffic


@cache
def event_validator(event_type: str) -> jsonschema_rs.Draft7Validator:
    payload = operations("receive")[event_type]["payload"]
    schema = {"allOf": [payload], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)


def test_the_library_sends_every_command_as_documented(traffic):
    sent = [each["sent"] for each in traffic if "sent" in each]
    for command in sent:
        validator(command["type"].title()).validate(command)
    assert {command["type"] for command in sent} == COMMAND_TYPES


def test_the_librarys_tests_use_every_event_as_documented(traffic):
    received = [each["received"] for each in traffic if "received" in each]
    known = [event for event in received if event["type"] in EVENT_TYPES]
    for event in known:
        event_validator(event["type"]).validate([event])
    assert {event["type"] for event in known} == EVENT_TYPES


def test_the_library_stops_or_reconnects_as_documented(client):
    for close, (code, after, after_retry) in zip(CLOSES, client["after"], strict=True):
        assert close["code"] == code
        assert after["stop"] is close["final"]
        if not close["final"]:
            assert after["atLeast"] == close["at_least"] * 1000
            longer = 60_000 if close["at_least"] else 0
            assert after_retry["atLeast"] == longer


def test_the_library_retries_after_temporary_errors(client):
    assert client["temporary"] == [error["code"] for error in ERRORS if error["temporary"]]


def test_the_library_has_the_numbers_of_the_document(client):
    numbers = client["protocol"]
    assert numbers["RECEIPT_MESSAGES"] == NUMBERS["receiptMessages"]
    assert numbers["RECEIPT_MS"] == NUMBERS["receiptSeconds"] * 1000
    assert numbers["TYPING_MS"] == NUMBERS["typingSeconds"] * 1000
    assert numbers["PAGE"] == NUMBERS["historyMessages"]
    assert numbers["PAGE_AT_MOST"] == NUMBERS["historyMessagesAtMost"]
    assert numbers["MENTIONS_AT_MOST"] == NUMBERS["mentionsAtMost"]
    assert numbers["SEQS_AT_MOST"] == NUMBERS["seqsAtMost"]
    assert numbers["LISTED_AT_MOST"] == NUMBERS["membersAtMost"]


def test_every_code_in_the_library_is_documented():
    """Close codes are in protocol.js only, and what it exports is compared by name."""
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
