"""Fixtures: a site, and programs in Node that use the client library as the site serves it."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.recipes import Program
from tests.support.servers import Server

# Prints its state, who arrives and leaves, and each message; sends each line of its input; ends at
# "bye".
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
chat.on("presence", ({ arrived, left }) => {
  arrived.forEach((user) => console.log(`* ${user.name} came`));
  left.forEach((user) => console.log(`* ${user.name} left`));
});
createInterface({ input: process.stdin }).on("line", async (line) => {
  if (line !== "bye") return console.log(`* kept as ${(await chat.send(line)).seq}`);
  chat.close();
  process.stdin.destroy();
});
"""


@pytest.fixture
def site(request, serve) -> Server:
    """Return a site; a test may name the program that runs it."""
    return serve(getattr(request, "param", "serve"))


@pytest.fixture
def program(site, needs, tmp_path) -> Iterator[Callable[..., Program]]:
    """Yield a function that starts a script, by its text, with `./client.js` from the site."""
    library = httpx.get(f"{site.url}/client.js")
    assert library.status_code == 200
    (tmp_path / "client.js").write_bytes(library.content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    running = []

    def start(text: str, *arguments: str) -> Program:
        script = tmp_path / f"script-{len(running)}.js"
        script.write_text(text)
        command = [str(needs("Node")), str(script), *arguments]
        running.append(Program(command, {}, script.with_suffix(".out")))
        return running[-1]

    yield start
    for each in running:
        each.kill()


@pytest.fixture
def talker(site, program) -> Callable[..., Program]:
    """Return a function that starts a talker at the site's own address or another."""
    return lambda name, url=site.url: program(TALKER, url, name)
