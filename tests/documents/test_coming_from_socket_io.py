"""docs/coming-from-socket-io.md: every Chatsite example runs unchanged and works as described."""

import re
import signal
from pathlib import Path

import pytest

from tests.support.recipes import Bench, Program, recipes
from tests.support.wire import Wire

EXAMPLES = recipes("coming-from-socket-io.md", "js")
COMMANDS = recipes("coming-from-socket-io.md", "sh")


@pytest.fixture
def run(bench):
    """Return a function that starts an example, by title and number, followed by `then`."""

    def start(title: str, number: int = 0, then: str = "") -> Program:
        return bench.run(EXAMPLES[title][number] + then)

    return start


def wait_until_joined(wire: Wire, name: str = "Ana") -> None:
    wire.next(lambda e: e["type"] == "presence" and name in [u["name"] for u in e["joined"]])


def test_every_example_of_the_document_is_run():
    text = Path(__file__).read_text()
    tried = re.findall(r"\brun\(\"([^\"]+)\"(?:, (\d))?", text)
    all_of_them = {(title, n) for title, codes in EXAMPLES.items() for n in range(len(codes))}
    assert {(title, int(number or 0)) for title, number in tried} == all_of_them
    assert set(COMMANDS) == set(re.findall(r"COMMANDS\[\"([^\"]+)\"\]", text))


def test_connecting_reconnects_by_itself(site, run):
    ana = run("Connect")
    ana.prints("open")
    ana.prints("connected as Ana")
    site.kill()
    ana.prints("waiting")
    site.start()
    ana.prints("connected as Ana\n")


def test_a_message_reaches_everybody(run, ion):
    ana = run("Send a message to everybody")
    assert ion.message("hello")["author"]["name"] == "Ana"
    ana.prints("Ana hello")
    ion.send("hello yourself")
    ana.prints("Ion hello yourself")


def test_own_messages_can_be_left_out(run, ion):
    ana = run("Send a message to everybody", 1, then='await chat.send("from me");')
    ion.message("from me")
    ion.send("from Ion")
    ana.prints("somebody else said from Ion")
    assert "from me" not in ana.printed


def test_messages_of_a_joined_room_are_received(site, run):
    ana = run("Rooms")
    with Wire(site.ws_url) as ion:
        if not ion.enter("Ion", "chess")["messages"]:
            ion.message("e4")
        ion.send("e5")
        ana.prints("chess: e5")


def test_presence_and_typing_are_received(site, run, ion):
    ana = run("Presence and typing", then="setInterval(() => chat.typing(), 50);")
    wait_until_joined(ion)
    event = ion.next(lambda event: event["type"] == "typing" and event["users"])
    assert [user["name"] for user in event["users"]] == ["Ana"]
    ion.send_command("typing", room="lobby")
    ana.prints("typing: Ion")
    with Wire(site.ws_url) as mara:
        mara.enter("Mara")
        ana.prints("here: Ana,Ion,Mara")


def test_a_send_resolves_with_seq_and_time(run, ion):
    ana = run("Acknowledgements")
    sent = ion.message("keep this")
    ana.prints(f"kept as message {sent['seq']} at {sent['at']}")


def test_a_message_sent_twice_is_stored_once(run, ion):
    ana = run("Messages sent twice")
    ana.prints("true true")
    assert ion.message("Order 42 is out.")["author"]["name"] == "Bob"
    ion.send("the end")
    ion.message("the end")
    assert [e for e in ion.unread if e.get("message", {}).get("body") == "Order 42 is out."] == []


def test_missed_messages_come_after_a_reconnection(site, run):
    show = 'setInterval(() => console.log([...shown.values()].join("|")), 50);'
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        ion.send("before")
        ana = run("After a lost connection", then=show)
        ana.prints("before\n")
    ana.process.send_signal(signal.SIGSTOP)
    site.kill()
    site.start()
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        ion.send("while Ana was away")
        ana.process.send_signal(signal.SIGCONT)
        ana.prints("before|while Ana was away\n")
        ion.send("after")
        ana.prints("before|while Ana was away|after\n")


def test_two_processes_are_one_chat(serve, redis, needs, tmp_path):
    (command,) = COMMANDS["Several servers"]
    written = re.fullmatch(r"REDIS_URL=redis://\S+ bin/serve --workers (\d)\n", command)
    site = serve(workers=int(written[1]), REDIS_URL=redis.url)
    bench = Bench(site, needs("Node"), tmp_path)
    try:
        # Whichever processes they are connected to, each receives the other's messages.
        with Wire(site.ws_url) as ion, Wire(site.ws_url) as mara:
            ion.enter("Ion")
            mara.enter("Mara")
            ana = bench.run(EXAMPLES["Send a message to everybody"][0])
            for wire in (ion, mara):
                wire.message("hello")
                wire.send(f"hello from {wire.user['name']}")
                ana.prints(f"hello from {wire.user['name']}")
    finally:
        bench.clear()
