"""Streams, polls and terminals on real servers, and through a proxy that buffers responses."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.nginx import Nginx
from tests.support.wire import Wire

SOON = 1.0  # seconds; nothing takes longer unless something buffers it
DEADLINE = 10


@pytest.fixture(params=["serve", "runserver", "serve behind nginx", "runserver behind nginx"])
def site(request, serve, needs) -> Iterator[str]:
    """The URL of a site run by either server, with or without a plain proxy in front of it.

    nginx buffers a response without a length and without chunks, as daphne sends it.
    """
    program, _, behind = request.param.partition(" ")
    url = serve(program).url
    if not behind:
        yield url
        return
    with Nginx(needs("nginx"), url) as proxy:
        yield proxy.url


class Reader:
    """A stream of events over a real connection."""

    def __init__(self, response: httpx.Response):
        self.response = response
        self.lines = response.iter_lines()

    def next(self, kind: str) -> dict:
        """Return the next event of a type; others are dropped."""
        for line in self.lines:
            if line == f"event: {kind}":
                data = next(line for line in self.lines if line.startswith("data: "))
                return json.loads(data.removeprefix("data: "))
        raise AssertionError(f"The stream ended before {kind}.")


@contextmanager
def reading(url: str, token: str, **headers: str) -> Iterator[Reader]:
    headers |= {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
    address = f"{url}/api/v1/rooms/lobby/events"
    with httpx.stream("GET", address, headers=headers, timeout=DEADLINE) as response:
        assert response.status_code == 200, response.read()
        yield Reader(response)


def guest(url: str, name: str) -> str:
    """Become a guest; return the token."""
    response = httpx.post(f"{url}/api/v1/guests", json={"name": name})
    return response.raise_for_status().json()["token"]


def post(url: str, token: str, body: str) -> None:
    httpx.post(
        f"{url}/api/v1/rooms/lobby/messages",
        json={"id": body, "body": body},
        headers={"Authorization": f"Bearer {token}"},
    ).raise_for_status()


def test_a_stream_has_every_event_at_once(site):
    ana, ion = guest(site, "Ana"), guest(site, "Ion")
    with reading(site, ana) as reader:
        reader.next("joined")
        for number in range(3):
            posted = time.monotonic()
            post(site, ion, f"m{number}")
            assert reader.next("message")["message"]["body"] == f"m{number}"
            assert time.monotonic() - posted < SOON


def test_a_reader_who_disconnects_leaves_after_the_grace_time(site):
    ana, ion = guest(site, "Ana"), guest(site, "Ion")
    with reading(site, ion) as watching:
        watching.next("joined")
        with reading(site, ana) as reader:
            reader.next("joined")
            assert [user["name"] for user in watching.next("presence")["joined"]] == ["Ana"]
        gone = time.monotonic()
        assert [user["name"] for user in watching.next("presence")["left"]] == ["Ana"]
        assert time.monotonic() - gone < 5 + 2 * SOON


def test_a_poll_returns_the_moment_something_happens(site):
    ana, ion = guest(site, "Ana"), guest(site, "Ion")
    headers = {"Authorization": f"Bearer {ana}", "Accept": "application/json"}
    address = f"{site}/api/v1/rooms/lobby/events"
    place = httpx.get(f"{address}?wait=0", headers=headers).raise_for_status().json()
    again = f"{address}?after={place['version']}&epoch={place['epoch']}&wait=30"
    with reading(site, ion) as watching, ThreadPoolExecutor(1) as thread:
        watching.next("joined")
        poll = thread.submit(httpx.get, again, headers=headers, timeout=40)
        # The first poll made Ana present; nothing tells when the second has begun to wait.
        post(site, ion, "hello")
        watching.next("message")
        sent = time.monotonic()
        response = poll.result(DEADLINE).json()
        assert time.monotonic() - sent < SOON
    assert [e["message"]["body"] for e in response["events"] if e["type"] == "message"] == ["hello"]
    assert response["version"] == place["version"] + 1


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_terminal_and_a_page_exchange_messages(serve, program):
    server = serve(program)
    with Wire(server.ws_url) as ion, connect(f"{server.ws_url}/") as ana:
        _, port = ana.local_address[:2]
        assert ana.recv(DEADLINE) == f"* You joined lobby as Guest-{port}"
        ion.enter("Ion")
        assert ana.recv(DEADLINE) == "* Ion connected"
        ana.send("hello")
        ion.message("hello")
        ion.send("hello yourself")
        assert ana.recv(DEADLINE) == "Ion: hello yourself"


def test_a_stopping_process_ends_its_streams_and_polls_at_once(serve):
    server = serve()
    ana, ion = guest(server.url, "Ana"), guest(server.url, "Ion")
    address = f"{server.url}/api/v1/rooms/lobby/events"
    headers = {"Authorization": f"Bearer {ion}", "Accept": "application/json"}
    place = httpx.get(f"{address}?wait=0", headers=headers).json()
    again = f"{address}?after={place['version']}&epoch={place['epoch']}&wait=30"
    with (
        reading(server.url, ana) as reader,
        closing(HTTPConnection("127.0.0.1", server.port, timeout=DEADLINE)) as poll,
    ):
        reader.next("joined")
        # It is sent before the other reader connects, who is answered after it began to wait.
        poll.request("GET", again, headers=headers)
        with reading(server.url, ana) as other:
            other.next("joined")
        asked = time.monotonic()
        server.terminate()
        assert time.monotonic() - asked < 4
        # To its proper end: nothing was cut off.
        assert [line for line in reader.lines if line.startswith("event: error")] == []
        assert json.load(poll.getresponse())["events"] == []
    assert "ERROR" not in server.log


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_body_too_large_is_refused_with_a_sentence(serve, program):
    server = serve(program)

    def parts():
        yield from [b"x" * 65536] * 60

    for content in (b"x" * 3_000_000, parts()):
        response = httpx.post(f"{server.url}/accounts/login/", content=content)
        assert (response.status_code, response.text) == (
            413,
            "A request has at most 2560 KiB. Send less.\n",
        )
    for content in (b"x" * 65537, [b"x" * 65536, b"x"]):
        response = httpx.post(f"{server.url}/api/v1/guests", content=content)
        assert response.status_code == 413
        assert response.json()["error"]["code"] == "too_long"


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_connection_survives_a_body_that_is_not_read(serve, program):
    server = serve(program)
    with httpx.Client(base_url=f"{server.url}/api/v1/") as client:
        for size in (100, 3_000_000):
            assert client.post("nothing", content=b"x" * size).status_code == 404
            assert client.request("DELETE", "rooms", content=b"x" * size).status_code == 405
            assert client.get("rooms").status_code == 200
    assert "Traceback" not in server.log
