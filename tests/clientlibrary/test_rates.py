"""Programs that write more than a site's limits allow: they wait, and are never cut off."""

import json
import re
from itertools import pairwise

import pytest

from tests.support.waiting import wait_until

# Writes 3.3 messages a second of its own, and prints each change of its state and each number.
WRITER = """\
import { connect } from "./client.js";

const [address, name, rooms, total] = process.argv.slice(2);
const chat = connect(address, { name });
const slugs = rooms.split(",");
for (const slug of slugs) chat.join(slug);
chat.on("state", (state) => console.log(`* ${JSON.stringify(state)}`));
chat.on("message", ({ room, message }) => console.log(`${room} ${message.body}`));
let written = 0;
const write = () => {
  for (const slug of slugs) if (written < total) chat.send(slug, String((written += 1)));
};
setInterval(write, 300);
process.stdin.on("data", (data) => {
  for (let left = Number(data); left > 0; left -= 1) write();
});
"""


@pytest.fixture
def writer(site, program):
    """Return a function that starts a program which writes so many messages to its rooms."""
    return lambda name, rooms, total: program(WRITER, site.url, name, ",".join(rooms), str(total))


def states(program) -> list[dict]:
    """Return what the program's connection was, in order."""
    lines = program.printed.splitlines()
    return [json.loads(line[2:]) for line in lines if line.startswith("* ")]


def numbers(program, room: str) -> list[int]:
    """Return the messages of a room, as the program received them."""
    return [int(number) for number in re.findall(rf"^{room} (\d+)$", program.printed, re.MULTILINE)]


def check_never_cut_off(program, connections: int) -> None:
    """It said why it waited, and all that ended a connection was the server's end."""
    seen = states(program)
    assert any(s["name"] == "open" and "That was quick" in s.get("reason", "") for s in seen)
    assert not [state for state in seen if state.get("patient")]
    opened = [
        now
        for last, now in pairwise([{"name": ""}, *seen])
        if now["name"] == "open" != last["name"]
    ]
    assert len(opened) == connections


def test_an_outbox_of_thirty_is_sent_in_order_at_the_rate_told(site, writer):
    ana = writer("Ana", ["lobby"], 60)
    ana.prints("lobby 3")
    site.kill()
    ana.prints("waiting")
    ana.types("30")
    site.start()
    wait_until(lambda: len(numbers(ana, "lobby")) == 60, "60 messages", 40)
    assert numbers(ana, "lobby") == list(range(1, 61))
    check_never_cut_off(ana, connections=2)
