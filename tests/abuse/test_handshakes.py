"""Invalid handshakes: refused by HTTP or cut off, and none waits for ever."""

import os
import time
from contextlib import ExitStack
from typing import NamedTuple

import psutil
import pytest

from chat.connection.connection import HELLO_WITHIN
from chat.rules.errors import CloseCode
from chatsite.server.http import HEAD_WITHIN, MAX_HEAD
from tests.abuse.bystanders import undisturbed
from tests.abuse.raw import DEADLINE, TEXT, Raw, frame, request
from tests.support.waiting import wait_until

pytestmark = pytest.mark.multiprocess

DELAY = 1.0
MANY = 200
# uvicorn reads this much at once, so a head may be longer by it.
READ_AT_ONCE = 256 * 1024
LONG = "x" * 2**20
CUT_OFF = ""  # without a response
BAD, TOO_LARGE = "400", "431"


class Case(NamedTuple):
    """What is sent, and the status of the response."""

    sent: bytes
    by_uvicorn: str
    by_daphne: str | None = None


def with_header(header: bytes) -> bytes:
    return request().removesuffix(b"\r\n") + header + b"\r\n\r\n"


REFUSED = {
    "no key": Case(request(Sec_WebSocket_Key=None), BAD),
    "a short key": Case(request(Sec_WebSocket_Key="abc"), BAD),
    "a key that is no base64": Case(request(Sec_WebSocket_Key="!" * 24), BAD),
    "two keys": Case(with_header(b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), BAD),
    "no version": Case(request(Sec_WebSocket_Version=None), BAD),
    "a version that is no number": Case(request(Sec_WebSocket_Version="x"), BAD),
    "not by GET": Case(request().replace(b"GET", b"POST"), "405"),
    "no Connection": Case(request(Connection=None), "404", BAD),
    "another protocol": Case(request(Upgrade="h2c"), "404"),
    "an unknown path": Case(request("/nothing/"), "404"),
    "an invalid path": Case(request("/%ff%zz"), "404"),
    "a path in Latin-1": Case(request("/ws/?\xe9").decode().encode("latin-1"), BAD),
    "a zero byte": Case(with_header(b"X-A: a\x00b"), BAD),
    "a name with a zero byte": Case(with_header(b"H\x00st: a"), BAD),
    "a body": Case(request(Content_Length="5") + b"hello", BAD, CUT_OFF),
    "a cookie of 9 KB": Case(request(Cookie="x" * 9000), TOO_LARGE, "101"),
    "a header of 1 MB": Case(request(X_Large=LONG), TOO_LARGE, CUT_OFF),
    "a cookie of 1 MB": Case(request(Cookie=LONG), TOO_LARGE, CUT_OFF),
    "an address of 1 MB": Case(request(f"/ws/?{LONG}"), TOO_LARGE, CUT_OFF),
    "200 headers": Case(request(**{f"X-{n}": "" for n in range(200)}), TOO_LARGE, "101"),
    "endless headers": Case(request()[:-2] + b"X-A: 1\r\n" * 100_000, TOO_LARGE, CUT_OFF),
}


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_an_invalid_handshake_is_refused_and_disturbs_nobody(victim, subtests, program):
    server = victim(program)
    with undisturbed(server, DELAY):
        for what, case in REFUSED.items():
            wanted = {case.by_uvicorn}
            if program == "runserver" and case.by_daphne is not None:
                # It closes while more is arriving, so its 400 may be lost.
                wanted = {case.by_daphne, BAD}
            with subtests.test(what), Raw(server.url) as charlie:
                charlie.send(case.sent)
                assert status(charlie.head()) in wanted


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_compression_is_not_negotiated(victim, program):
    """It would cost memory per socket, and a room's frame could not be encoded once for all."""
    with Raw(victim(program).url) as zoe:
        head = zoe.open(Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits")
    assert "sec-websocket-extensions" not in head.lower()


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_data_sent_with_the_handshake_harms_nobody(victim, program):
    """Clients must send nothing before the response: it is lost, or ends the socket."""
    server = victim(program)
    garbage = [frame(TEXT, b"x") * 3, request(), os.urandom(60_000), b"\0" * 5000]
    with undisturbed(server, DELAY), ExitStack() as connections:
        for data in garbage * 10:
            charlie = connections.enter_context(Raw(server.url))
            charlie.send(request() + data)
            assert charlie.head().startswith("HTTP/1.1 101 ")


def test_unfinished_heads_and_missing_hellos_time_out(victim):
    """200 clients with half a head or none (daphne waits much longer); silent sockets on both."""
    server = victim()
    process = psutil.Process(server.process.pid)
    starts = [b"", b"GET /ws/", request()[:-2] + b"X-Slow: "]
    began = time.monotonic()
    with undisturbed(server, DELAY), ExitStack() as connections:
        silent = [
            connections.enter_context(Raw(victim(name).url)) for name in ("serve", "runserver") * 2
        ]
        for client in silent:
            client.open()
            client.socket.settimeout(HELLO_WITHIN + DEADLINE)
        for client in silent[2:]:
            client.send(frame(TEXT, b"{", fin=False))
        before = tcp_connections(process)
        slow = [connections.enter_context(Raw(server.url)) for _ in range(MANY)]
        for number, client in enumerate(slow):
            client.socket.settimeout(HEAD_WITHIN + DEADLINE)
            client.send(starts[number % len(starts)])
        wait_until(lambda: tcp_connections(process) >= before + MANY, "200 connections")
        for client in slow[2::3]:
            # Sending a little more does not extend the time.
            client.send(b"x")
        assert [status(client.head()) for client in slow[:3]] == [CUT_OFF, "408", "408"]
        wait_until(lambda: tcp_connections(process) <= before + 1, "the end of the connections")
        assert time.monotonic() - began < HELLO_WITHIN
        assert [client.closed() for client in silent] == [CloseCode.STALLED] * len(silent)
        assert HELLO_WITHIN <= time.monotonic() - began < HELLO_WITHIN + 3


def tcp_connections(process: psutil.Process) -> int:
    """Return how many connections a process has open; its database's files do not count."""
    return sum(each.status != psutil.CONN_LISTEN for each in process.net_connections("tcp"))


def status(head: str) -> str:
    return head.removeprefix("HTTP/1.1 ")[:3]


def test_endless_heads_cost_no_memory(serve):
    server = serve(CHAT_RATE_LIMITS="off")
    process = psutil.Process(server.process.pid)
    heads = [
        b"GET /" + b"x" * 5_000_000,
        request()[:-2] + b"X-A: " + b"x" * 5_000_000,
        request()[:-2] + b"X-A: 1\r\n" * 500_000,
    ]
    before = process.memory_info().rss
    with undisturbed(server, DELAY), ExitStack() as connections:
        for number in range(30):
            charlie = connections.enter_context(Raw(server.url))
            charlie.send(heads[number % len(heads)])
        cost = process.memory_info().rss - before
    assert cost < 30 * (MAX_HEAD + READ_AT_ONCE)
