"""manage.py chat: a person at a terminal, or a script, takes part in a room."""

import json

import pytest

from chat.management.commands.chat import socket_url
from tests.support.servers import Server
from tests.support.typists import Typist, piped
from tests.support.wire import Wire


def stored(server: Server) -> list[str]:
    """Return the texts in the default room, which all have one author."""
    page = json.loads(server.get("/api/v1/rooms/lobby/messages")[1])
    assert len({message["author"]["id"] for message in page["messages"]}) == 1
    return [message["body"] for message in page["messages"]]


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_a_terminal_shows_messages_people_and_events(serve, program):
    server = serve(program)
    with Wire(server.ws_url) as ion:
        ion.enter("Ion")
        ion.send("said before")
        with Typist(server, "lobby", "--name", "Ana") as ana:
            ana.sees("* You joined Lobby as Ana. Here: Ion.")
            ana.sees("Ion: said before")
            ion.send("hello\nAna")
            ana.sees("Ion: hello")
            ana.types("hello yourself")
            ion.message("hello yourself")
            ana.sees("Ana: hello yourself")
            ana.sees("lobby: 2 people here.")
            with Wire(server.ws_url) as eva:
                eva.enter("Eva")
                ana.sees("* Eva joined.")
            ana.sees("* Eva left.")
            ana.presses_control("d")
            assert ana.leaves() == 0
        assert "Traceback" not in ana.shown


def test_a_terminal_reconnects_and_sends_what_was_typed_meanwhile(serve):
    server = serve()
    with Typist(server, "lobby", "--name", "Ana") as ana:
        ana.sees("* You joined Lobby as Ana.")
        ana.types("one")
        ana.sees("Ana: one")
        server.kill()
        ana.sees("! No connection to ")
        ana.types("two")
        ana.types("three")
        ana.sees("2 to send.")
        server.start()
        with Wire(server.ws_url) as ion:
            ion.enter("Ion")
            ana.sees("* Connected again.")
            ana.sees("Ana: three")
        assert stored(server) == ["one", "two", "three"]
        # Neither history nor echo came twice.
        assert ana.shown.count("Ana: one") == ana.shown.count("Ana: two") == 1


def test_a_script_sends_its_lines_in_order_and_ends_after_acks(serve):
    server = serve(CHAT_RATE_LIMITS="on")
    lines = [f"line {number}" for number in range(30)]
    done = piped(server, "\n".join(lines), "lobby", "--name", "Bot")
    assert (done.returncode, done.stderr) == (0, "")
    # More at once than one connection may send: the rest waited.
    assert stored(server) == lines


def test_refusals_are_printed_and_set_the_exit_status(serve):
    server = serve()
    done = piped(server, f"fine\n{'x' * 5000}\nfine too\n", "lobby")
    assert done.returncode == 1
    assert done.stderr.startswith(
        "! This message is too long. Send it in parts of up to 4000 characters"
    )
    assert stored(server) == ["fine", "fine too"]


def test_a_refused_name_or_room_ends_it_in_a_sentence(serve):
    server = serve()
    with Wire(server.ws_url) as ana:
        ana.enter("Ana")
        done = piped(server, "hello\n", "lobby", "--name", "ana")
        assert (done.returncode, done.stderr) == (
            2,
            "Refused: Somebody here has that name. How about “ana 2”?\n",
        )
    assert piped(server, "hello\n", "...").returncode == 2


@pytest.mark.parametrize(
    "url",
    ["foo", "ftp://x", "http://a:99999", "http://x/y", "http://", "//x", "http://a..b"],
)
def test_an_invalid_address_is_refused_in_a_sentence(serve, url, tmp_path):
    nowhere = Server(tmp_path)
    nowhere.url = url
    done = piped(nowhere, "hello\n", "lobby")
    assert done.returncode == 2
    assert done.stderr == (
        f"Refused: {url} is no address of a site. Give one like https://chat.example.org.\n"
    )


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("https://chat.example.org", "wss://chat.example.org/ws/"),
        ("wss://chat.example.org/", "wss://chat.example.org/ws/"),
        ("http://localhost:8000", "ws://localhost:8000/ws/"),
        ("ws://[::1]:8000", "ws://[::1]:8000/ws/"),
    ],
)
def test_a_site_with_https_is_connected_to_by_wss(url, socket):
    assert socket_url(url) == socket
