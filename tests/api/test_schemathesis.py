"""Schemathesis tests a real server against the OpenAPI document, and finds nothing.

What it found once has a test of its own: here, or with the tests of the endpoint.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.api.support import Caller, make_room, new_guest
from tests.support.servers import Server
from tests.support.sockets import SocketTestCase

FOLDER = Path(__file__).parent / "schemathesis"
SEED = "20300101"
# FUZZ=20 tries twenty times as many, as with tests/fuzz.
TIMES = int(os.environ.get("FUZZ", "1"))


def run_schemathesis(server: Server, accept: str, examples: int, *options: str) -> str:
    """Run schemathesis as a guest; return what it printed."""
    guest = httpx.post(f"{server.url}/api/v1/guests", json={"name": "Schemathesis"})
    environment = {
        **os.environ,
        "ACCEPT": accept,
        "TOKEN": guest.raise_for_status().json()["token"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file=schemathesis.toml", "--no-color", "run"]
    limits = [f"--seed={SEED}", f"--max-examples={examples * TIMES}", "--checks=all", *options]
    done = subprocess.run(
        [*command, *limits, f"{server.url}/api/v1/openapi.json"],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300 * TIMES,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("accept", "examples", "options"),
    [
        ("application/json", 15, ()),
        # It reads one event of each stream.
        ("text/event-stream", 10, ("--include-path-regex=/events$",)),
    ],
)
def test_schemathesis_finds_nothing(serve, accept, examples, options):
    server = serve(CHAT_RATE_LIMITS="off", LOG_LEVEL="WARNING")
    output = run_schemathesis(server, accept, examples, *options)
    assert "Fuzzing" in output
    assert "passed" in output
    # It also names the operations that refuse every guest, such as the end of a room.
    assert not re.search(r"\d failed", output)
    assert "ERROR" not in server.log
    assert "Traceback" not in server.log


def test_it_finds_an_endpoint_that_breaks_the_document(serve):
    server = serve(CHAT_RATE_LIMITS="off", LOG_LEVEL="WARNING")
    with pytest.raises(AssertionError, match="Schema-valid request rejected"):
        run_schemathesis(server, "image/png", 5, "--include-path-regex=/events$")


class FoundTests(SocketTestCase):
    """Faults that it found in the document or in an endpoint."""

    async def document(self) -> dict:
        return (await Caller().get("openapi.json")).body

    async def test_a_parameter_can_be_omitted_but_not_null(self):
        for methods in (await self.document())["paths"].values():
            for operation in methods.values():
                for parameter in operation["parameters"]:
                    assert {"type": "null"} not in parameter["schema"].get("anyOf", [])

    async def test_the_document_has_the_pattern_of_event_ids(self):
        events = (await self.document())["paths"]["/api/v1/rooms/{slug}/events"]["get"]
        (header,) = (each for each in events["parameters"] if each["in"] == "header")
        await make_room()
        ana = await new_guest("Ana")
        for wrong in ("null", "epoch:", ":1", "epoch:x"):
            assert not re.search(header["schema"]["pattern"], wrong)
            response = await ana.get("rooms/lobby/events?wait=0", **{"Last-Event-ID": wrong})
            response.check_error(400, "bad_request")

    async def test_the_document_says_that_a_message_is_not_empty(self):
        schemas = (await self.document())["components"]["schemas"]
        assert schemas["NewMessage"]["properties"]["body"]["minLength"] == 1
        await make_room()
        (await (await new_guest("Ana")).send_message("")).check_error(400, "bad_request")

    async def test_the_document_describes_the_events_of_a_stream(self):
        events = (await self.document())["paths"]["/api/v1/rooms/{slug}/events"]["get"]
        stream = events["responses"]["200"]["content"]["text/event-stream"]["schema"]
        assert stream["required"] == ["event", "data"]
        assert set(stream["properties"]["event"]["enum"]) >= {"joined", "message", "error"}
