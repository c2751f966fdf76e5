"""docs/coming-from-socket-io.md: every example of ours runs as it stands, and does what it says."""

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
    """A function that starts an example by its title and number, with more code behind it."""

    def start(title: str, number: int = 0, behind: str = "") -> Program:
        return bench.run(EXAMPLES[title][number] + behind)

    return start


def came(wire: Wire, name: str = "Ana") -> None:
    wire.next(lambda e: e["type"] == "presence" and name in [u["name"] for u in e["joined"]])


def test_every_example_is_tried_here():
    text = Path(__file__).read_text()
    tried = re.findall(r"\brun\(\"([^\"]+)\"(?:, (\d))?", text)
    all_of_them = {(title, n) for title, codes in EXAMPLES.items() for n in range(len(codes))}
    assert {(title, int(number or 0)) for title, number in tried} == all_of_them
    assert set(COMMANDS) == set(re.findall(r"COMMANDS\[\"([^\"]+)\"\]", text))


def test_connect(site, run):
    ana = run("Connect")
    ana.prints("open")
    ana.prints("connected as Ana")
    site.kill()
    ana.prints("waiting")
    site.start()
    ana.prints("connected as Ana\n")


def test_say_something_to_everybody(run, ion):
    ana = run("Say something to everybody")
    assert ion.message("hello")["author"]["name"] == "Ana"
    ana.prints("Ana hello")
    ion.send("hello yourself")
    ana.prints("Ion hello yourself")


def test_leave_out_what_one_said_oneself(run, ion):
    ana = run("Say something to everybody", 1, behind='await chat.send("from me");')
    ion.message("from me")
    ion.send("from Ion")
    ana.prints("somebody else said from Ion")
    assert "from me" not in ana.printed


def test_rooms(site, run):
    ana = run("Rooms")
    with Wire(site.ws_url) as ion:
        if not ion.enter("Ion", "chess")["messages"]:
            ion.message("e4")
        ion.send("e5")
        ana.prints("chess: e5")


def test_who_is_there_and_who_types(site, run, ion):
    ana = run("Who is there, who types", behind="setInterval(() => chat.typing(), 50);")
    came(ion)
    event = ion.next(lambda event: event["type"] == "typing" and event["users"])
    assert [user["name"] for user in event["users"]] == ["Ana"]
    ion.say("typing", room="lobby")
    ana.prints("typing: Ion")
    with Wire(site.ws_url) as mara:
        mara.enter("Mara")
        ana.prints("here: Ana,Ion,Mara")


def test_acknowledgements(run, ion):
    ana = run("Acknowledgements")
    sent = ion.message("keep this")
    ana.prints(f"kept as message {sent['seq']} at {sent['at']}")


def test_messages_sent_twice(run, ion):
    ana = run("Messages sent twice")
    ana.prints("true true")
    assert ion.message("Order 42 is out.")["author"]["name"] == "Bob"
    ion.send("the end")
    ion.message("the end")
    assert [e for e in ion.unread if e.get("message", {}).get("body") == "Order 42 is out."] == []


def test_after_a_lost_connection(site, run):
    tell = 'setInterval(() => console.log([...shown.values()].join("|")), 50);'
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        ion.send("before")
        ana = run("After a lost connection", behind=tell)
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


def test_several_servers(serve, redis, needs, tmp_path):
    (command,) = COMMANDS["Several servers"]
    written = re.fullmatch(r"REDIS_URL=redis://\S+ bin/serve --workers (\d)\n", command)
    site = serve(workers=int(written[1]), REDIS_URL=redis.url)
    bench = Bench(site, needs("Node"), tmp_path)
    try:
        # Whichever processes they are at, each hears the other.
        with Wire(site.ws_url) as ion, Wire(site.ws_url) as mara:
            ion.enter("Ion")
            mara.enter("Mara")
            ana = bench.run(EXAMPLES["Say something to everybody"][0])
            for wire in (ion, mara):
                wire.message("hello")
                wire.send(f"hello from {wire.user['name']}")
                ana.prints(f"hello from {wire.user['name']}")
    finally:
        bench.clear()
