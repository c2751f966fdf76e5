"""docs/recipes.md: each recipe is run as it stands, but for the address of the site."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support import programs
from tests.support.servers import ROOT, Server
from tests.support.waiting import wait_until
from tests.support.wire import Wire

DOCUMENT = (ROOT / "docs" / "recipes.md").read_text()
ADDRESS = "localhost:8000"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipes() -> dict[str, list[str]]:
    """Return the blocks of code under each heading."""
    sections = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
    found = {section.partition("\n")[0]: BLOCK.findall(section) for section in sections}
    return {title: [code for _, code in blocks] for title, blocks in found.items() if blocks}


class Program:
    """A running recipe, and all that it has printed."""

    def __init__(self, command: list[str], environment: dict[str, str], output: Path):
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=file,
            )

    @property
    def printed(self) -> str:
        return self.output.read_text(errors="replace")

    def prints(self, text: str) -> None:
        def met() -> bool:
            ended = self.process.poll() is not None
            assert text in self.printed or not ended, self.printed
            return text in self.printed

        wait_until(met, f"“{text}” in\n{self.printed}", 15)


@pytest.fixture
def site(serve) -> Server:
    return serve()


@pytest.fixture
def run(site, tmp_path) -> Iterator[Callable[..., Program]]:
    """A function that starts a recipe, by its title and number, at the test's site."""
    running = []

    def start(title: str, number: int = 0, before: str = "") -> Program:
        code = before + recipes()[title][number].replace(ADDRESS, f"127.0.0.1:{site.port}")
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
        program.process.kill()
        program.process.communicate()


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
    assert set(recipes()) == tried


def test_a_terminal(site, run):
    with somebody(site) as ion:
        terminal = run("A terminal")
        joined(ion, "Ana")
        terminal.process.stdin.write(b"hello from here\n")
        terminal.process.stdin.flush()
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
        terminal.process.stdin.write(b"hello from here\n")
        terminal.process.stdin.flush()
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
