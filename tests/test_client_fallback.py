"""Programs in Node that use the client library behind proxies which let no WebSocket through."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.nginx import GATHERS, Nginx
from tests.support.recipes import Program
from tests.support.servers import Server

# Tells how one is connected and what is said, and says what is typed; ends by itself at "bye".
TALKER = """\
import { createInterface } from "node:readline";
import { connect } from "./client.js";

const [address, name] = process.argv.slice(2);
const chat = connect(address, { name, room: "lobby" });
chat.on("state", ({ name, transport }) => console.log(`* ${name} ${transport ?? ""}`));
chat.on("joined", ({ count }) => console.log(`* in, ${count} here`));
chat.on("message", ({ message: { seq, author, body } }) => {
  console.log(`${seq} ${author.name}: ${body}`);
});
chat.on("presence", ({ left }) => left.forEach((user) => console.log(`* ${user.name} left`)));
const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  if (line !== "bye") return console.log(`* kept as ${(await chat.send(line)).seq}`);
  chat.close();
  process.stdin.destroy();
});
"""


@pytest.fixture
def site(request, serve) -> Server:
    return serve(request.param)


@pytest.fixture
def talker(site, needs, tmp_path) -> Iterator[Callable[[str, str], Program]]:
    """A function that lets somebody talk from Node with the site at an address."""
    library = httpx.get(f"{site.url}/client.js")
    assert library.status_code == 200
    (tmp_path / "client.js").write_bytes(library.content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = tmp_path / "talker.js"
    script.write_text(TALKER)
    running = []

    def start(name: str, url: str) -> Program:
        command = [str(needs("Node")), str(script), url, name]
        running.append(Program(command, {}, tmp_path / f"{name}.out"))
        return running[-1]

    yield start
    for program in running:
        program.kill()


@pytest.mark.parametrize(
    ("site", "more", "transport"),
    [("serve", "", "events"), ("runserver", GATHERS, "poll")],
    ids=["events", "poll"],
    indirect=["site"],
)
def test_a_program_talks_through_a_proxy_without_upgrades(site, talker, needs, more, transport):
    with Nginx(needs("nginx"), site.url, more) as proxy:
        ion = talker("Ion", site.url)
        ion.prints("* in, 1 here")
        ana = talker("Ana", proxy.url)
        ana.prints(f"* open {transport}")
        ana.prints("* in, 2 here")
        ana.types("hello")
        ana.prints("* kept as 1")
        ion.prints("1 Ana: hello")
        ion.types("hello yourself")
        ana.prints("2 Ion: hello yourself")
        site.kill()
        ana.prints("* waiting")
        ana.types("said while the server was away")
        site.start()
        ana.prints("* kept as 3")
        for program in (ana, ion):
            program.prints("3 Ana: said while the server was away")
        ana.types("bye")
        # Nothing is left that keeps the program from ending.
        assert ana.process.wait(10) == 0
        ion.prints("* Ana left")
        said = [line for line in ana.printed.splitlines() if not line.startswith("*")]
        assert [line.split()[0] for line in said] == ["1", "2", "3"]
