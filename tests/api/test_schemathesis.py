"""Schemathesis, let loose on the document of the HTTP doors and a real server, finds nothing.

What it found is kept by name: here, and where the door is tested that it was at.
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


def let_loose(server: Server, accept: str, examples: int, *options: str) -> str:
    """Run schemathesis as a guest who may do all that guests may; return what it printed."""
    guest = httpx.post(f"{server.url}/api/v1/guests", json={"name": "Schemathesis"})
    environment = {
        **os.environ,
        "ACCEPT": accept,
        "TOKEN": guest.raise_for_status().json()["token"],
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    program = Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file=schemathesis.toml", "--no-color", "run"]
    limits = [f"--seed={SEED}", f"--max-examples={examples}", "--checks=all", *options]
    done = subprocess.run(
        [*command, *limits, f"{server.url}/api/v1/openapi.json"],
        cwd=FOLDER,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("accept", "examples", "options"),
    [
        ("application/json", 100, ()),
        # It reads one event of each stream.
        ("text/event-stream", 30, ("--include-path-regex=/events$",)),
    ],
)
def test_it_finds_nothing(serve, accept, examples, options):
    server = serve(CHAT_RATE_LIMITS="off", LOG_LEVEL="WARNING")
    told = let_loose(server, accept, examples, *options)
    assert "Fuzzing" in told
    assert "passed" in told
    assert "failed" not in told
    assert "ERROR" not in server.log
    assert "Traceback" not in server.log


def test_it_finds_a_door_that_says_no_to_what_the_document_allows(serve):
    server = serve(CHAT_RATE_LIMITS="off", LOG_LEVEL="WARNING")
    with pytest.raises(AssertionError, match="Schema-valid request rejected"):
        let_loose(server, "image/png", 5, "--include-path-regex=/events$")


class FoundTests(SocketTestCase):
    """Each is what it said of the document, or of a door, before that was put right."""

    async def document(self) -> dict:
        return (await Caller().get("openapi.json")).body

    async def test_a_parameter_can_be_left_out_and_is_never_null(self):
        for methods in (await self.document())["paths"].values():
            for operation in methods.values():
                for parameter in operation["parameters"]:
                    assert {"type": "null"} not in parameter["schema"].get("anyOf", [])

    async def test_the_document_says_how_the_id_of_an_event_looks(self):
        events = (await self.document())["paths"]["/api/v1/rooms/{slug}/events"]["get"]
        (header,) = (each for each in events["parameters"] if each["in"] == "header")
        await make_room()
        ana = await new_guest("Ana")
        for wrong in ("null", "epoch:", ":1", "epoch:x"):
            assert not re.search(header["schema"]["pattern"], wrong)
            answer = await ana.get("rooms/lobby/events?wait=0", **{"Last-Event-ID": wrong})
            answer.refused(400, "bad_request")

    async def test_the_document_says_that_a_message_has_something_in_it(self):
        schemas = (await self.document())["components"]["schemas"]
        assert schemas["NewMessage"]["properties"]["body"]["minLength"] == 1
        await make_room()
        (await (await new_guest("Ana")).says("")).refused(400, "bad_request")

    async def test_each_event_of_a_stream_is_described_and_not_the_stream_as_a_text(self):
        events = (await self.document())["paths"]["/api/v1/rooms/{slug}/events"]["get"]
        stream = events["responses"]["200"]["content"]["text/event-stream"]["schema"]
        assert stream["required"] == ["event", "data"]
        assert set(stream["properties"]["event"]["enum"]) >= {"joined", "message", "error"}
