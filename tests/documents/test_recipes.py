"""docs/recipes.md: each recipe is run as it stands, but for the address of the site."""

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import programs
from tests.support.recipes import Program, recipes
from tests.support.servers import Server
from tests.support.wire import Wire

RECIPES = recipes("recipes.md")
ADDRESS = "localhost:8000"


@pytest.fixture
def run(site, tmp_path) -> Iterator[Callable[..., Program]]:
    """A function that starts a recipe, by its title and number, at the test's site."""
    running = []

    def start(title: str, number: int = 0, before: str = "") -> Program:
        code = before + RECIPES[title][number].replace(ADDRESS, f"127.0.0.1:{site.port}")
        code = code.replace("manage.py chat", f"manage.py chat --url {site.url}")
        code = code.replace(".venv/bin/python", sys.executable)
        script = tmp_path / f"recipe-{len(running)}"
        script.write_text(code)
        language = {"Node": programs.node_path(), "Python": sys.executable}
        program = language.get(title.split(":")[0].split("'")[0], shutil.which("sh"))
        if not program:
            pytest.skip(f"there is no program for {title}")
        if "Node" in title:
            script = script.rename(script.with_suffix(".mjs"))
        environment = site.environment | {"PATH": os.environ["PATH"]}
        begun = Program([str(program), str(script)], environment, tmp_path / f"out-{len(running)}")
        running.append(begun)
        return begun

    yield start
    for program in running:
        program.kill()


@contextmanager
def somebody(site: Server) -> Iterator[Wire]:
    """Ion, in the room."""
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        yield ion


def joined(ion: Wire, name: str = "") -> None:
    """Wait until somebody (of a name) is told to have come."""
    ion.next(lambda e: e["type"] == "presence" and any(name in u["name"] for u in e["joined"]))


def token(site: Server) -> str:
    return httpx.post(f"{site.url}/api/v1/guests", json={"name": "Curly"}).json()["token"]


def test_every_recipe_is_tried_here():
    tried = set(re.findall(r"run\(\s*\"([^\"]+)\"", Path(__file__).read_text()))
    assert set(RECIPES) == tried


def test_a_terminal(site, run):
    with somebody(site) as ion:
        terminal = run("A terminal")
        joined(ion, "Ana")
        terminal.types("hello from here")
        ion.message("hello from here")
        deploy = run("A terminal", 1)
        ion.message("Version 42 is out.")
        assert deploy.process.wait(10) == 0


def test_websocat(site, run):
    if not shutil.which("websocat"):
        pytest.skip("there is no websocat")
    with somebody(site) as ion:
        terminal = run("websocat")
        joined(ion, "Ana")
        terminal.types("hello from here")
        ion.message("hello from here")
        ion.send("hello yourself")
        terminal.prints("Ion: hello yourself")


def test_nodes_repl(site, run):
    with somebody(site) as ion:
        repl = run("Node's REPL")
        ion.message("hello")
        repl.prints("* You joined lobby as Guest-")
        ion.send("hello yourself")
        repl.prints("Ion: hello yourself")


def test_curl(site, run):
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    signing = f"site={site.url}/api/v1 token={token(site)}\n"
    with somebody(site) as ion:
        guest = run("curl", 0)
        guest.prints('"token":')
        assert json.loads(guest.printed)["user"]["name"] == "Ana"
        run("curl", 1, before=signing).prints('"seq":1')
        ion.message("Hello")
        listener = run("curl", 2, before=signing)
        joined(ion, "Curly")
        ion.send("for those who listen")
        listener.prints("for those who listen")


def test_python_posts(site, run):
    with somebody(site) as ion:
        run("Python: post").prints("kept as message 1")
        assert ion.message("Hello")["author"]["name"] == "Ana"


def test_python_listens_and_comes_back_where_it_was(site, run):
    with somebody(site) as ion:
        listener = run("Python: listen")
        joined(ion, "Listener")
        ion.send("one")
        listener.prints("Ion: one\n")
    site.kill()
    listener.prints("again in 2 s")
    site.start()
    with somebody(site) as ion:
        ion.send("two")
        listener.prints("Ion: two\n")
    assert listener.printed.count("Ion: one") == 1


def test_python_polls(site, run):
    with somebody(site) as ion:
        ion.send("before")
        poller = run("Python: poll")
        poller.prints("Ion: before\n")
        for body in ("one", "two"):
            ion.send(body)
            poller.prints(f"Ion: {body}\n")
    assert poller.printed.count("Ion: ") == 3


def test_a_bot_answers_once_and_also_what_it_missed(site, run):
    with somebody(site) as ion:
        run("Python: a bot")
        joined(ion, "Clock")
        ion.send("!time")
        answer = ion.next(lambda e: e["type"] == "message" and "It is" in e["message"]["body"])
        assert answer["message"]["author"]["name"] == "Clock"
    site.kill()
    site.start()
    with somebody(site) as ion:
        ion.send("!time")
        answer = ion.next(lambda e: e["type"] == "message" and "It is" in e["message"]["body"])
        assert answer["message"]["seq"] == 4


def test_node_listens_and_posts(site, run):
    with somebody(site) as ion:
        nora = run("Node: listen and post")
        ion.message("Hello from Node")
        nora.prints("Nora Hello from Node")
        ion.send("hello yourself")
        nora.prints("Ion hello yourself")
