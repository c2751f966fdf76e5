"""Rooms that are full of long messages: for whom they are too much, and for whom they are not."""

import json
from contextlib import ExitStack

import psutil
import pytest

from chat.protocol import MAX_FRAME
from tests.abuse.raw import TEXT, Raw, frame
from tests.support.wire import Wire

pytestmark = pytest.mark.multiprocess

SLOW = 20
PORTIONS, PORTION, BODY = 20, 50, "x" * 4000
SAID = PORTIONS * PORTION * len(BODY)
SMALL_BUFFER = 4096
MOST_BYTES_EACH = 1_000_000


def command(type: str, **fields: str) -> bytes:
    return frame(TEXT, json.dumps({"type": type, **fields}).encode())


def say_all(ana: Wire) -> None:
    for _ in range(PORTIONS):
        sent = [ana.say("send", room=ana.room, body=BODY) for _ in range(PORTION)]
        for send in sent:
            assert ana.answer(send)["type"] == "ack"
        ana.unread.clear()


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_who_reads_nothing_costs_less_than_a_megabyte_of_four_that_were_said(serve, program):
    server = serve(program, CHAT_RATE_LIMITS="off")
    process = psutil.Process(server.process.pid)
    with Wire(server.ws_url) as ana, ExitStack() as lines:
        ana.enter("Ana")
        # What a room keeps of what was said is there for everybody, and is not what they cost.
        say_all(ana)
        for number in range(SLOW):
            deaf = lines.enter_context(Raw(server.url, SMALL_BUFFER))
            deaf.open()
            deaf.send(command("hello", name=f"Deaf {number}") + command("join", room=ana.room))
            deaf.event("joined")
        before = process.memory_info().rss
        say_all(ana)
        each = (process.memory_info().rss - before) / SLOW
    assert SAID > 3 * MOST_BYTES_EACH
    assert each < MOST_BYTES_EACH


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_what_is_longer_than_a_client_may_send_reaches_who_joins(victim, program):
    server = victim(program)
    with Wire(server.ws_url) as ana, Wire(server.ws_url) as ion:
        ana.enter("Ana", "long")
        for _ in range(30):
            ana.send(BODY)
        messages = ion.enter("Ion", "long")["messages"]
    assert [message["body"] for message in messages] == [BODY] * 30
    assert 30 * len(BODY) > MAX_FRAME
