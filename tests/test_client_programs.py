"""Programs in Node that use the client library as a server of the site hands it out."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.recipes import Program
from tests.support.servers import Server

# Tells what happens in a room, and says there what is typed.
TALKER = """\
import { createInterface } from "node:readline";
import { connect, version } from "./client.js";

const [address, name] = process.argv.slice(2);
const chat = connect(address, { name, room: "lobby" });
chat.on("state", (state) => console.log(`* ${state.name}`));
chat.on("joined", ({ count }) => console.log(`* in, ${count} here`));
chat.on("message", ({ message: { seq, author, body } }) => {
  console.log(`${seq} ${author.name}: ${body}`);
});
chat.on("presence", ({ arrived }) => arrived.forEach((user) => console.log(`* ${user.name} came`)));
createInterface({ input: process.stdin }).on("line", async (line) => {
  const { seq } = await chat.send(line);
  console.log(`* kept as ${seq}`);
});
"""


@pytest.fixture
def site(serve) -> Server:
    return serve()


@pytest.fixture
def talker(site, needs, tmp_path) -> Iterator[Callable[[str], Program]]:
    """A function that lets somebody talk from Node, with the library that the site gives."""
    library = httpx.get(f"{site.url}/client.js")
    assert library.status_code == 200
    (tmp_path / "client.js").write_bytes(library.content)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    script = tmp_path / "talker.js"
    script.write_text(TALKER)
    running = []

    def start(name: str) -> Program:
        command = [str(needs("Node")), str(script), site.url, name]
        running.append(Program(command, {}, tmp_path / f"{name}.out"))
        return running[-1]

    yield start
    for program in running:
        program.kill()


def test_two_programs_talk_and_come_back_after_the_server_died(site, talker):
    ana = talker("Ana")
    ana.prints("* in, 1 here")
    ion = talker("Ion")
    ion.prints("* in, 2 here")
    ana.prints("* Ion came")
    ana.types("hello")
    ana.prints("* kept as 1")
    ion.prints("1 Ana: hello")
    ion.types("hello yourself")
    ana.prints("2 Ion: hello yourself")
    site.kill()
    ana.prints("* waiting")
    ana.types("said while the server was away")
    site.start()
    ion.prints("3 Ana: said while the server was away")
    ana.prints("* kept as 3")
    ion.types("one more")
    ana.prints("4 Ion: one more")
    for program in (ana, ion):
        said = [line for line in program.printed.splitlines() if not line.startswith("*")]
        assert [line.split()[0] for line in said] == ["1", "2", "3", "4"]
