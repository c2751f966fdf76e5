"""The published clients of Socket.IO, for Node and for Python, with a real server."""

import gzip
import json
import re
import signal
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.support.recipes import Program
from tests.support.servers import ROOT, Server, clean_environment
from tests.support.wire import Wire

PYTHON_CLIENT = ROOT / "tests" / "support" / "socketio_client.py"
NAMES = ("socket.io.js", "socket.io.min.js", "socket.io.esm.min.js")
TRANSPORTS = {
    "polling": "polling",
    "websocket": "websocket",
    "polling,websocket": "websocket",
}


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_restart_loses_and_doubles_nothing(serve, node, program):
    site = serve(program, CHAT_RATE_LIMITS="off")
    clients = {
        name.replace(",", "+"): node(site.url, name, name.replace(",", "+")) for name in TRANSPORTS
    }
    for (name, one), over in zip(clients.items(), TRANSPORTS.values(), strict=True):
        one.prints(f"is {name}\n")
        one.prints(f"over {over}\n")
    for name, one in clients.items():
        one.types(f"first of {name}")
        one.prints(f"ack first of {name}\n")
    site.kill()
    for name, one in clients.items():
        one.types(f"second of {name}")
        one.prints("disconnected")
    site.start()
    for name, one in clients.items():
        one.prints(f"ack second of {name}\n")
        assert one.printed.count(f"is {name}\n") == 2
    with Wire(site.ws_url) as mara:
        bodies = [message["body"] for message in mara.enter("Mara")["messages"]]
    assert sorted(bodies) == sorted(
        f"{n} of {name}" for n in ("first", "second") for name in clients
    )
    for one in clients.values():
        one.prints(f"has {'|'.join(bodies)}\n")


def test_a_stopped_server_sends_its_clients_away_at_once(serve, node):
    site = serve()
    clients = [node(site.url, name, f"n{number}") for number, name in enumerate(TRANSPORTS)]
    for one in clients:
        one.prints("over ")
    site.process.send_signal(signal.SIGTERM)
    for one in clients:
        one.prints("disconnected transport ")
    site.process.wait(5)


@pytest.fixture
def python(tmp_path) -> Iterator[Callable[..., Program]]:
    """Yield a function that starts Python's client."""
    programs = []

    def start(site: Server, transports: str, **auth: str) -> Program:
        command = [sys.executable, "-P", str(PYTHON_CLIENT), site.url, transports, json.dumps(auth)]
        programs.append(Program(command, clean_environment(), tmp_path / f"{len(programs)}.out"))
        return programs[-1]

    yield start
    for each in programs:
        each.kill()


def test_the_python_client_talks(serve, python):
    site = serve()
    with Wire(site.ws_url) as mara:
        mara.enter("Mara")
        for number, transports in enumerate(TRANSPORTS, 1):
            ana = python(site, transports, name=f"Ana {number}", room="lobby")
            ana.prints("welcome \njoined \n")
            mara.message("from Python")
            mara.send(f"to {transports}")
            ana.prints(f"message to {transports}\n")
            assert "ack " in ana.printed


def test_published_clients_learn_that_they_are_refused(serve, python, node):
    site = serve()
    python(site, "websocket", token="of nobody").prints("refused: ")
    node(site.url, "websocket", "Ana").prints("is Ana\n")
    charlie = node(site.url, "polling", "Ana")
    charlie.prints("refused name_taken\n")


@pytest.mark.parametrize("name", NAMES)
def test_the_browsers_client_is_served_as_it_was_published(client, name):
    response = client.get(f"/socket.io/{name}")
    published = ROOT / "node_modules" / "socket.io-client" / "dist" / name
    if published.exists():
        assert response.content == published.read_bytes()
    assert b"Socket.IO v4.8.4" in response.content[:100]
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"/socket.io/{name}", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    version = re.fullmatch(r'"(\w+)"', response["ETag"])[1]
    assert "immutable" in client.get(f"/socket.io/{name}?v={version}")["Cache-Control"]
    zipped = client.get(f"/socket.io/{name}", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(zipped.content) == response.content


def test_no_source_maps_are_served(client):
    assert client.get("/socket.io/socket.io.min.js.map").status_code == 404
