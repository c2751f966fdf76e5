"""docs/client.md: its programs run as they stand, and its tables name what there is."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.recipes import Bench, recipes
from tests.support.servers import ROOT
from tests.support.wire import Wire

DOCUMENT = (ROOT / "docs" / "client.md").read_text()
LIBRARY = ROOT / "static" / "chat"
PROGRAMS = recipes("client.md", "js")
COMMANDS = recipes("client.md", "sh")


def test_every_program_is_tried_here():
    tried = re.findall(r"PROGRAMS\[\"([^\"]+)\"\]", Path(__file__).read_text())
    assert set(PROGRAMS) == set(tried)
    assert all(len(blocks) == 1 for blocks in PROGRAMS.values())


def test_node(site, bench, ion):
    if not shutil.which("curl"):
        pytest.skip("there is no curl")
    (command,) = COMMANDS["Node"]
    served = (bench.folder / "client.mjs").read_bytes()
    (bench.folder / "client.mjs").unlink()
    command = command.replace(Bench.ADDRESS, site.url)
    subprocess.run(command, shell=True, cwd=bench.folder, check=True)
    assert (bench.folder / "client.mjs").read_bytes() == served

    nora = bench.run(PROGRAMS["Node"][0])
    assert ion.message("Hello from Node")["author"]["name"] == "Nora"
    nora.prints("kept as message 1")
    ion.send("hello yourself")
    nora.prints("Ion hello yourself")


def test_several_rooms(site, bench):
    ana = bench.run(PROGRAMS["connect"][0])
    with Wire(site.ws_url) as ion:
        joined = ion.enter("Ion", "chess-club")
        if not joined["messages"]:
            ion.message("e4")
        ion.send("e5")
        ana.prints("chess-club: e5")


def test_events(site, bench, ion):
    ion.send("before")
    ana = bench.run(PROGRAMS["Events"][0])
    ana.prints("1 messages so far")
    with Wire(site.ws_url) as mara:
        mara.enter("Mara")
        ana.prints("3 here")


def test_errors(site, bench):
    with Wire(site.ws_url) as other:
        other.enter("Ana")
        ana = bench.run(PROGRAMS["Errors"][0])
        came = other.next(lambda event: event["type"] == "presence" and event["joined"])
        assert came["joined"][0]["name"] != "Ana"
        ana.prints("too_long A message has at most 4000 characters.")


def test_what_is_kept(bench):
    ana = bench.run(PROGRAMS["What is kept"][0])
    ana.prints("keep for the next time: Ana ")
    token = ana.printed.split()[-1]
    again = bench.run(
        'import { connect } from "./client.mjs";\n'
        f'const chat = connect("{Bench.ADDRESS}", {{ token: "{token}" }});\n'
        'chat.on("welcome", ({ user }) => console.log("still", user.name));\n'
    )
    again.prints("still Ana")


# The tables


def table(heading: str, number: int = 0) -> dict[str, str]:
    """Return a table under a heading: the first cell's code, and the second cell."""
    section = DOCUMENT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    tables = [text for text in section.strip().split("\n\n") if text.startswith("| ")]
    lines = [line.split(" | ") for line in tables[number].splitlines()[2:]]
    return {cells[0].removeprefix("| "): cells[1] for cells in lines}


def test_every_event_is_told_with_all_that_comes_with_it():
    types = (LIBRARY / "client" / "types.js").read_text()
    typedef = types.split("@typedef {object} Events\n")[1].split("*/")[0]
    properties = re.findall(r"@property \{(\{.*\}|\w+)\}(?:\n \*  )? (\w+)", typedef)
    coming = {name: re.findall(r"(?:\{|, )(\w+)\??:", fields) for fields, name in properties}
    told = {kind.strip("`"): cells for kind, cells in table("Events").items()}
    assert set(told) == set(coming)
    for kind in told.keys() - {"state"}:
        assert sorted(re.findall(r"`(\w+)`", told[kind])) == sorted(coming[kind]), kind


def test_every_method_is_told():
    code = (LIBRARY / "client" / "chat.js").read_text()
    methods = set(re.findall(r"^  (?:get )?([a-z]\w+)\(", code, re.MULTILINE)) - {"constructor"}
    told = " ".join(table("connect", 1))
    assert set(re.findall(r"chat\.(\w+)", told)) == methods
