"""Which tests one process of pytest-xdist runs one after the other, and how many processes do."""

import os
import re

import pytest
from xdist.scheduler import LoadScopeScheduling

# A test that runs servers mostly waits. Those that measure do hardly anything else: one more.
WORKERS_PER_CORE = 2
WORKERS_THAT_WAIT = 1
# By what their address begins with. All others are on their own.
GROUPS = {
    # These measure what a fault or a flood costs others, so only two of them run at a time. Each
    # takes about half of the time.
    r"tests/(faults/test_(access|load|sockets)|abuse/|multiprocess/)": "measuring, first half",
    r"tests/faults/": "measuring, second half",
    # One clone, installed once.
    r"tests/tooling/test_run\.py": "bin/run",
    # One run of the tests in JavaScript.
    r"tests/(test_javascript|protocol/test_protocol_constants)\.py": "JavaScript",
    # One browser and one site for each file.
    r"tests/browser/": "",
}


class Scheduler(LoadScopeScheduling):
    """Hands out the tests in their order, a group as a whole.

    pytest-xdist's own `xdist_group` has no effect with pytest 9.2, where an item's `nodeid` does
    not follow its `_nodeid`.
    """

    def _split_scope(self, nodeid: str) -> str:
        for pattern, group in GROUPS.items():
            if re.match(pattern, nodeid):
                return group or nodeid.partition("::")[0]
        return nodeid


def workers(config: pytest.Config) -> int:
    """Return how many processes run the tests; 0 means this one alone, where few are asked for."""
    if config.option.keyword or config.args_source is pytest.Config.ArgsSource.ARGS:
        return 0
    cores = len(os.sched_getaffinity(0))
    if config.option.markexpr == "unit":
        return cores
    return cores * WORKERS_PER_CORE + WORKERS_THAT_WAIT
