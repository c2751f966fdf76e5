"""The types in the library's comments: an editor completes them, and shows mistakes."""

import re
import subprocess

import pytest

from chat import protocol
from tests.support.servers import ROOT

TYPES = (ROOT / "static/chat/client/base/types.js").read_text()
EMITTER = (ROOT / "static/chat/client/emitter.js").read_text()
EVENTS = EMITTER.split("export const EVENTS = [")[1].split("];")[0]

OPTIONS = ("--noEmit", "--allowJs", "--strict", "--module", "nodenext", "--target", "es2023")
HEAD = """\
import { Chatsite, ChatError, connect, version } from "./client.js";
const chat = connect("https://chat.example.org", { name: "Ana", room: "lobby" });
"""

RIGHT = """\
const end: () => void = chat.on("message", ({ room, message }) => {
  const words: string = room + message.author.name + message.body;
  const edited: string | null = message.edited_at;
});
chat.on("state", ({ name, reason }) => {
  const open: boolean = name === "open";
  const words: string | undefined = reason;
});
chat.on("refused", ({ room, error }) => {
  const words: string = error.code + error.message;
  const why: string | undefined = error.reason;
  const everywhere: boolean = room === null;
});
chat.on("presence", ({ members, count }) => members.map(({ name }) => name).length < count);
const seq: number = (await chat.send("hello")).seq;
await chat.send("chess", "hello");
const older: boolean = (await chat.history()).more;
await Promise.all([chat.history(20), chat.history("lobby"), chat.history("lobby", 20)]);
connect("https://chat.example.org", { name: null, room: "lobby" }).reconnect();
const topic: string | undefined = (await chat.join("chess")).info?.topic;
const kind: "guest" | "member" | "bot" | undefined = chat.user?.kind;
const error: Error = new ChatError("code", "Words.");
Chatsite.connect({ token: "abc", room: "lobby" }).close();
const text: string = version;
"""

WRONG = (
    'connect("https://chat.example.org", { nick: "Ana" });',
    "connect(5);",
    'chat.on("mesage", () => {});',
    'chat.on("message", ({ text }) => {});',
    'chat.on("message", ({ message }) => message.author.nick);',
    'chat.on("state", ({ name }) => name === "opened");',
    "chat.send(5);",
    'chat.send("lobby", "hello", "there");',
    'chat.history(20, "lobby");',
    'connect("https://chat.example.org", { room: 5 });',
    "chat.snapshot().people;",
    'chat.say("hello");',
    '(await chat.direct("id")).nonsense;',
)


@pytest.fixture
def check(client, needs, tmp_path):
    """Return a function that returns the lines of a program in which TypeScript finds errors."""
    compiler = [needs("Node"), needs("TypeScript")]
    (tmp_path / "client.js").write_bytes(client.get("/client.js").content)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def run(program: str) -> set[str]:
        (tmp_path / "program.ts").write_text(program)
        command = [*compiler, *OPTIONS, "program.ts"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        places = re.findall(r"^program\.ts\((\d+),", done.stdout, re.MULTILINE)
        assert bool(places) == bool(done.returncode), done.stdout + done.stderr
        return {program.splitlines()[int(place) - 1] for place in places}

    return run


def test_a_correct_program_has_no_errors(check):
    assert check(HEAD + RIGHT) == set()


def test_each_mistake_is_an_error_on_its_line(check):
    assert check(HEAD + "\n".join(WRONG)) == set(WRONG)


def test_the_types_have_the_fields_of_the_protocol():
    for thing in (protocol.User, protocol.Message, protocol.Room, protocol.Site, protocol.Limits):
        typedef = TYPES.split(f"@typedef {{object}} {thing.__name__}\n")[1].split("*/")[0]
        assert re.findall(r"@property \{.*?\} \[?(\w+)", typedef) == list(thing.model_fields)


def test_the_types_have_every_event_and_no_other():
    typedef = TYPES.split("@typedef {object} Events\n")[1].split("*/")[0]
    named = re.findall(r"@property \{(?:\{.*\}|\w+)\}(?:\n \*  )? (\w+)", typedef)
    assert sorted(named) == sorted(re.findall(r'"(\w+)"', EVENTS))
