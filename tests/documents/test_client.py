"""docs/client.md: its programs run unchanged, and its tables match the library."""

import re
import subprocess
from pathlib import Path

from tests.support.recipes import Bench, recipes
from tests.support.servers import ROOT
from tests.support.wire import Wire

DOCUMENT = (ROOT / "docs" / "client.md").read_text()
LIBRARY = ROOT / "static" / "chat"
PROGRAMS = recipes("client.md", "js")
COMMANDS = recipes("client.md", "sh")


def test_every_program_of_the_document_is_run():
    tried = re.findall(r"PROGRAMS\[\"([^\"]+)\"\]", Path(__file__).read_text())
    assert set(PROGRAMS) == set(tried)
    assert all(len(blocks) == 1 for blocks in PROGRAMS.values())


def test_the_node_program_sends_and_receives(site, bench, ion, needs):
    needs("curl")
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


def test_the_example_of_several_rooms_names_the_room(site, bench):
    ana = bench.run(PROGRAMS["connect"][0])
    with Wire(site.ws_url) as ion:
        joined = ion.enter("Ion", "chess-club")
        if not joined["messages"]:
            ion.message("e4")
        ion.send("e5")
        ana.prints("chess-club: e5")


def test_the_example_of_events_prints_history_and_presence(site, bench, ion):
    ion.send("before")
    ana = bench.run(PROGRAMS["Events"][0])
    ana.prints("1 messages so far")
    with Wire(site.ws_url) as mara:
        mara.enter("Mara")
        ana.prints("3 here")


def test_the_example_of_errors_takes_the_suggested_name(site, bench):
    with Wire(site.ws_url) as other:
        other.enter("Ana")
        ana = bench.run(PROGRAMS["Errors"][0])
        came = other.next(lambda event: event["type"] == "presence" and event["joined"])
        assert came["joined"][0]["name"] != "Ana"
        ana.prints("too_long This message is too long. Send it in parts of up to 4000 characters.")


def test_the_example_of_own_rooms_lists_those_of_a_guest(bench):
    ana = bench.run(PROGRAMS["Own rooms"][0])
    ana.prints("0 rooms of my own")


def test_a_printed_token_identifies_the_same_guest(bench):
    ana = bench.run(PROGRAMS["Stored state"][0])
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


def test_every_event_is_documented_with_its_fields():
    types = (LIBRARY / "client" / "base" / "types.js").read_text()
    typedef = types.split("@typedef {object} Events\n")[1].split("*/")[0]
    properties = re.findall(r"@property \{(\{.*\}|\w+)\}(?:\n \*  )? (\w+)", typedef)
    typed = {name: re.findall(r"(?:\{|, )(\w+)\??:", fields) for fields, name in properties}
    documented = {kind.strip("`"): cells for kind, cells in table("Events").items()}
    assert set(documented) == set(typed)
    for kind in documented.keys() - {"state"}:
        assert sorted(re.findall(r"`(\w+)`", documented[kind])) == sorted(typed[kind]), kind


def test_every_method_is_documented():
    code = (LIBRARY / "client" / "chat.js").read_text()
    methods = set(re.findall(r"^  (?:get )?([a-z]\w+)\(", code, re.MULTILINE)) - {"constructor"}
    documented = " ".join(table("connect", 1))
    assert set(re.findall(r"chat\.(\w+)", documented)) == methods
