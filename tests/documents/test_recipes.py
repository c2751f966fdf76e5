"""docs/recipes.md: each recipe is run unchanged, except for the address of the site."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.support.programs import NODE_PACKAGES
from tests.support.recipes import Program, recipes
from tests.support.servers import ROOT, Server
from tests.support.waiting import wait_until
from tests.support.wire import Wire

RECIPES = recipes("recipes.md")
ADDRESS = "localhost:8000"
ATTEMPTS = 5


@pytest.fixture
def run(site, needs, tmp_path) -> Iterator[Callable[..., Program]]:
    """Yield a function that starts a recipe, by title and number, on the test's site."""
    running = []

    def start(title: str, number: int = 0, before: str = "") -> Program:
        code = before + RECIPES[title][number].replace(ADDRESS, f"127.0.0.1:{site.port}")
        code = code.replace("manage.py chat", f"{ROOT}/manage.py chat --url {site.url}")
        code = code.replace(".venv/bin/python", sys.executable)
        script = tmp_path / f"recipe-{len(running)}"
        script.write_text(code)
        language = {"Node": needs("Node"), "Python": sys.executable}
        program = language.get(title.split(":")[0].split("'")[0], "sh")
        if "Node" in title:
            script = script.rename(script.with_suffix(".mjs"))
        folders = (NODE_PACKAGES / ".bin", needs("Node").parent, os.environ["PATH"])
        environment = site.environment | {"PATH": os.pathsep.join(map(str, folders))}
        output = tmp_path / f"out-{len(running)}"
        # A recipe may write files where it runs.
        begun = Program([str(program), str(script)], environment, output, tmp_path)
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


@pytest.fixture
def restart(site, serve) -> Callable[[str], None]:
    """Return a function that restarts the site; meanwhile Eva says something elsewhere on it."""
    other = serve(DATABASE_URL=site.database_url)

    def restart(body: str) -> None:
        site.kill()
        with Wire(other.ws_url) as eva:
            eva.enter(f"Eva {body}")
            eva.send(body)
        site.start()

    return restart


def post(site: Server, body: str) -> None:
    """Post something as Ion, without being in the room."""
    api = f"{site.url}/api/v1"
    guest = httpx.post(f"{api}/guests", json={"name": "Ion"}).json()
    headers = {"Authorization": f"Bearer {guest['token']}"}
    message = {"id": uuid4().hex, "body": body}
    httpx.post(f"{api}/rooms/lobby/messages", json=message, headers=headers).raise_for_status()


def receives_all_over_restarts(program: Program, site: Server, restart) -> None:
    """Check that what was said while the site was away is printed once, in its order."""
    said = ["before", "meanwhile 1", "between", "meanwhile 2", "after"]
    for body in said:
        if body.startswith("meanwhile"):
            restart(body)
        else:
            post(site, body)
        program.prints(body)
    printed = re.findall(r"before|meanwhile \d|between|after", without_names(program.printed))
    assert printed == said


def without_names(printed: str) -> str:
    """Return what was printed without Eva's names, which have a text in them."""
    return re.sub(r"Eva (meanwhile \d)", "Eva", printed)


def bodies(site: Server) -> list[str]:
    page = httpx.get(f"{site.url}/api/v1/rooms/lobby/messages").json()
    return [message["body"] for message in page["messages"]]


def token(site: Server) -> str:
    return httpx.post(f"{site.url}/api/v1/guests", json={"name": "Curly"}).json()["token"]


def test_every_recipe_of_the_document_is_run():
    here = Path(__file__)
    browsers = here.parents[1] / "browser" / "test_event_source.py"
    tests = here.read_text() + browsers.read_text()
    tried = {title for title in RECIPES if f'"{title}"' in tests}
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
    assert re.findall(r"ws:\S+", wscat) == re.findall(r"ws:\S+", websocat)
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


def test_curls_stream_resumes_over_restarts(site, run, restart, needs):
    needs("curl")
    signing = f"cd $(mktemp -d)\nsite={site.url}/api/v1 token={token(site)}\n"
    listener = run("curl", 2, before=signing)
    listener.prints("joined")
    receives_all_over_restarts(listener, site, restart)


@pytest.mark.parametrize(("title", "number"), [("websocat", 1), ("Node's REPL", 0)])
def test_lines_begin_with_what_was_said_while_the_site_restarted(
    site, run, restart, needs, title, number
):
    needs("wscat")
    program = run(title, number)
    program.prints("* You joined")
    restart("meanwhile")
    program.prints(": meanwhile")
    post(site, "after")
    program.prints("Ion: after")


def test_the_terminal_shows_all_over_restarts(site, run, restart):
    terminal = run("A terminal")
    terminal.prints("You joined")
    receives_all_over_restarts(terminal, site, restart)


@pytest.mark.parametrize("title", ["Python: listen", "Python: poll", "Node: listen and post"])
def test_a_listener_has_what_was_said_while_the_site_restarted(site, run, restart, title):
    receives_all_over_restarts(run(title), site, restart)


@pytest.mark.parametrize(
    ("title", "number", "body"),
    [
        ("curl", 1, "Hello"),
        ("Python: post", 0, "Hello"),
        ("Node: listen and post", 0, "Hello from Node"),
    ],
)
def test_what_is_posted_while_the_site_restarts_is_stored_once(
    site, serve, run, title, number, body
):
    """The post begins while nobody listens."""
    signing = f"site={site.url}/api/v1 token={token(site)}\n" if title == "curl" else ""
    site.kill()
    run(title, number, before=signing)
    site.start()
    wait_until(lambda: bodies(site), "the message", 30)
    assert bodies(site) == [body]


def test_the_python_program_posts(site, run):
    with somebody(site) as ion:
        run("Python: post").prints("kept as message 1")
        assert ion.message("Hello")["author"]["name"] == "Ana"


def test_the_python_poller_receives_each_message_once(site, run):
    with somebody(site) as ion:
        ion.send("before")
        poller = run("Python: poll")
        poller.prints("Ion: before\n")
        for body in ("one", "two"):
            ion.send(body)
            poller.prints(f"Ion: {body}\n")
    assert poller.printed.count("Ion: ") == 3


def test_the_bot_replies_once_and_to_what_it_missed(site, run, restart):
    with somebody(site) as ion:
        run("Python: a bot")
        wait_until_joined(ion, "Clock")
        assert answer_to(ion, "!time")["author"]["name"] == "Clock"
    said = len(bodies(site))
    restart("!time")
    wait_until(lambda: len(bodies(site)) == said + 2, "the second answer", 20)
    assert [body[:5] for body in bodies(site)][-4:] == ["!time", "It is"] * 2


def answer_to(ion: Wire, question: str) -> dict:
    """Ask until somebody answers, and return the answer: who joins is shown as there a moment
    before they have read the room, and what was said by then is history to them."""
    for _ in range(ATTEMPTS):
        ion.send(question)
        with suppress(AssertionError):
            found = ion.next(
                lambda e: e["type"] == "message" and "It is" in e["message"]["body"], 3
            )
            return found["message"]
    pytest.fail("Nobody answered.")


def test_the_node_program_listens_and_posts(site, run):
    with somebody(site) as ion:
        nora = run("Node: listen and post")
        ion.message("Hello from Node")
        nora.prints("Nora Hello from Node")
        ion.send("hello yourself")
        nora.prints("Ion hello yourself")
