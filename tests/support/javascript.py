"""The tests of the JavaScript modules, in Node: run once, with what went over their sockets."""

import json
import subprocess
from functools import partial
from pathlib import Path

from tests.support import shared
from tests.support.servers import ROOT

TESTS = "tests/client/**/*.test.js"
RECORDER = "./tests/client/support/record.js"
# One for each file takes three times as long.
IN_ONE_PROCESS = ("--test", "--test-isolation=none")
REPORT, STATUS = "report", "status"


class Run:
    """One run of all of them: whether they passed, their report, and the traffic."""

    def __init__(self, node: Path):
        folder = shared.once("javascript", partial(_run, node))
        self.report = (folder / REPORT).read_text()
        self.passed = (folder / STATUS).read_text() == "0"
        lines = [line for file in folder.glob("*.jsonl") for line in file.read_text().splitlines()]
        self.traffic: list[dict] = [json.loads(line) for line in lines]


def _run(node: Path, folder: Path) -> None:
    done = subprocess.run(
        [node, "--import", RECORDER, *IN_ONE_PROCESS, "--test-reporter=spec", TESTS],
        cwd=ROOT,
        env={"RECORD": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    (folder / REPORT).write_text(done.stdout + done.stderr)
    (folder / STATUS).write_text(str(done.returncode))
