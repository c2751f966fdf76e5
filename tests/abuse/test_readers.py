"""Rooms full of long messages: clients that do not read them, and clients that join."""

import json
from contextlib import ExitStack

import psutil
import pytest

from chat.protocol import MAX_FRAME
from tests.abuse.raw import TEXT, Raw, frame
from tests.support.wire import Wire

pytestmark = pytest.mark.multiprocess

SLOW = 40
PORTIONS, PORTION, BODY = 20, 50, "x" * 4000
SENT = PORTIONS * PORTION * len(BODY)
SMALL_BUFFER = 4096
# Daphne notices later that a client does not read.
MOST_BYTES_EACH = {"serve": 1_000_000, "runserver": 1_500_000}


def command(type: str, **fields: str) -> bytes:
    return frame(TEXT, json.dumps({"type": type, **fields}).encode())


def send_many(ana: Wire) -> None:
    for _ in range(PORTIONS):
        sent = [ana.send_command("send", room=ana.room, body=BODY) for _ in range(PORTION)]
        for send in sent:
            assert ana.reply_to(send)["type"] == "ack"
        ana.unread.clear()


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_client_that_does_not_read_costs_about_a_megabyte(serve, program):
    server = serve(program, CHAT_RATE_LIMITS="off")
    process = psutil.Process(server.process.pid)
    with Wire(server.ws_url) as ana, ExitStack() as connections:
        ana.enter("Ana")
        # The room's tail is kept for everybody, and is not a cost of the slow clients.
        send_many(ana)
        for number in range(SLOW):
            client = connections.enter_context(Raw(server.url, SMALL_BUFFER))
            client.open()
            client.send(command("hello", name=f"Slow {number}") + command("join", room=ana.room))
            client.event("joined")
        before = process.memory_info().rss
        send_many(ana)
        each = (process.memory_info().rss - before) / SLOW
    assert 2 * MOST_BYTES_EACH[program] < SENT
    assert each < MOST_BYTES_EACH[program]


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_join_may_receive_more_than_a_client_may_send(victim, program):
    server = victim(program)
    with Wire(server.ws_url) as ana, Wire(server.ws_url) as ion:
        ana.enter("Ana", "long")
        for _ in range(30):
            ana.send(BODY)
        messages = ion.enter("Ion", "long")["messages"]
    assert [message["body"] for message in messages] == [BODY] * 30
    assert 30 * len(BODY) > MAX_FRAME
