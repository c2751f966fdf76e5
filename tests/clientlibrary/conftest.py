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
def talker(site, needs, tmp_path) -> Iterator[Callable[..., Program]]:
    """Yield a function that starts a program which uses the site, at its own address or another."""
    library = httpx.get(f"{site.url}/client.js")
    assert library.status_code == 200
    (tmp_path / "client.js").write_bytes(library.content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = tmp_path / "talker.js"
    script.write_text(TALKER)
    running = []

    def start(name: str, url: str = site.url) -> Program:
        command = [str(needs("Node")), str(script), url, name]
        running.append(Program(command, {}, tmp_path / f"{name}.out"))
        return running[-1]

    yield start
    for program in running:
        program.kill()
