"""docs/recipes.md: each recipe is run unchanged, except for the address of the site."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.programs import NODE_PACKAGES
from tests.support.recipes import Program, recipes
from tests.support.servers import Server
from tests.support.wire import Wire

RECIPES = recipes("recipes.md")
ADDRESS = "localhost:8000"


@pytest.fixture
def run(site, needs, tmp_path) -> Iterator[Callable[..., Program]]:
    """Yield a function that starts a recipe, by title and number, on the test's site."""
    running = []

    def start(title: str, number: int = 0, before: str = "") -> Program:
        code = before + RECIPES[title][number].replace(ADDRESS, f"127.0.0.1:{site.port}")
        code = code.replace("manage.py chat", f"manage.py chat --url {site.url}")
        code = code.replace(".venv/bin/python", sys.executable)
        script = tmp_path / f"recipe-{len(running)}"
        script.write_text(code)
        language = {"Node": needs("Node"), "Python": sys.executable}
        program = language.get(title.split(":")[0].split("'")[0], "sh")
        if "Node" in title:
            script = script.rename(script.with_suffix(".mjs"))
        folders = (NODE_PACKAGES / ".bin", needs("Node").parent, os.environ["PATH"])
        environment = site.environment | {"PATH": os.pathsep.join(map(str, folders))}
        begun = Program([str(program), str(script)], environment, tmp_path / f"out-{len(running)}")
        running.append(begun)
        return begun

    yield start
    for program in running:
        program.kill()


@contextmanager
def somebody(site: Server) -> Iterator[Wire]:
    """Yield Ion, in the lobby."""
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        yield ion


def wait_until_joined(ion: Wire, name: str = "") -> None:
    """Wait for the presence event of somebody who joined, by name if given."""
    ion.next(lambda e: e["type"] == "presence" and any(name in u["name"] for u in e["joined"]))


def token(site: Server) -> str:
    return httpx.post(f"{site.url}/api/v1/guests", json={"name": "Curly"}).json()["token"]


def test_every_recipe_of_the_document_is_run():
    tried = set(re.findall(r"run\(\s*\"([^\"]+)\"", Path(__file__).read_text()))
    assert set(RECIPES) == tried


def test_the_terminal_chats_and_sends_from_a_pipe(site, run):
    with somebody(site) as ion:
        terminal = run("A terminal")
        wait_until_joined(ion, "Ana")
        terminal.types("hello from here")
        ion.message("hello from here")
        deploy = run("A terminal", 1)
        ion.message("Version 42 is out.")
        assert deploy.process.wait(10) == 0


def test_websocat_or_wscat_sends_and_receives_lines(site, run, needs):
    needs("wscat")
    websocat, wscat = RECIPES["websocat"]
    assert wscat.split()[-1] == websocat.split()[-1], "another address"
    with somebody(site) as ion:
        # Package registries have only the second.
        terminal = run("websocat", 1)
        wait_until_joined(ion, "Ana")
        terminal.types("hello from here")
        ion.message("hello from here")
        ion.send("hello yourself")
        terminal.prints("Ion: hello yourself")


def test_the_node_repl_sends_and_receives_lines(site, run):
    with somebody(site) as ion:
        repl = run("Node's REPL")
        ion.message("hello")
        repl.prints("* You joined lobby as Guest-")
        ion.send("hello yourself")
        repl.prints("Ion: hello yourself")


def test_curl_posts_and_streams(site, run, needs):
    needs("curl")
    signing = f"site={site.url}/api/v1 token={token(site)}\n"
    with somebody(site) as ion:
        guest = run("curl", 0)
        guest.prints('"token":')
        assert json.loads(guest.printed)["user"]["name"] == "Ana"
        run("curl", 1, before=signing).prints('"seq":1')
        ion.message("Hello")
        listener = run("curl", 2, before=signing)
        wait_until_joined(ion, "Curly")
        ion.send("for those who listen")
        listener.prints("for those who listen")


def test_the_python_program_posts(site, run):
    with somebody(site) as ion:
        run("Python: post").prints("kept as message 1")
        assert ion.message("Hello")["author"]["name"] == "Ana"


def test_the_python_listener_resumes_after_a_restart(site, run):
    with somebody(site) as ion:
        listener = run("Python: listen")
        wait_until_joined(ion, "Listener")
        ion.send("one")
        listener.prints("Ion: one\n")
    site.kill()
    listener.prints("again in 2 s")
    site.start()
    with somebody(site) as ion:
        ion.send("two")
        listener.prints("Ion: two\n")
    assert listener.printed.count("Ion: one") == 1


def test_the_python_poller_receives_each_message_once(site, run):
    with somebody(site) as ion:
        ion.send("before")
        poller = run("Python: poll")
        poller.prints("Ion: before\n")
        for body in ("one", "two"):
            ion.send(body)
            poller.prints(f"Ion: {body}\n")
    assert poller.printed.count("Ion: ") == 3


def test_the_bot_replies_once_and_to_what_it_missed(site, run):
    with somebody(site) as ion:
        run("Python: a bot")
        wait_until_joined(ion, "Clock")
        ion.send("!time")
        answer = ion.next(lambda e: e["type"] == "message" and "It is" in e["message"]["body"])
        assert answer["message"]["author"]["name"] == "Clock"
    site.kill()
    site.start()
    with somebody(site) as ion:
        ion.send("!time")
        answer = ion.next(lambda e: e["type"] == "message" and "It is" in e["message"]["body"])
        assert answer["message"]["seq"] == 4


def test_the_node_program_listens_and_posts(site, run):
    with somebody(site) as ion:
        nora = run("Node: listen and post")
        ion.message("Hello from Node")
        nora.prints("Nora Hello from Node")
        ion.send("hello yourself")
        nora.prints("Ion hello yourself")
