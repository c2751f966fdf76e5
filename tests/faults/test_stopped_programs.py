"""Somebody whose program is stopped leaves the lists, though their system still takes all bytes."""

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.support.recipes import Bench, Program, recipes
from tests.support.servers import Server
from tests.support.wire import Wire

# What docs/reliability.md promises.
GONE_WITHIN = 40.0

FOLLOW = """\
import { connect } from "./client.mjs";
connect("http://localhost:8000", { name: "Ana", room: "lobby" });
"""


def presence(kind: str, name: str) -> Callable[[dict], bool]:
    return lambda event: (
        event["type"] == "presence" and any(user["name"] == name for user in event[kind])
    )


def follower(server: Server, folder, node, stack: ExitStack) -> Program:
    """Start a program with the client library, by a socket."""
    folder.mkdir()
    bench = Bench(server, node, folder)
    stack.callback(bench.clear)
    return bench.run(FOLLOW)


def poller(server: Server, folder, stack: ExitStack) -> Program:
    """Start the recipe that polls."""
    [code] = recipes("recipes.md")["Python: poll"]
    code = code.replace("localhost:8000", f"127.0.0.1:{server.port}")
    program = Program([sys.executable, "-c", code], dict(os.environ), folder / "polled")
    stack.callback(program.kill)
    return program


def test_a_stopped_program_is_gone_within_40_seconds(serve, needs, tmp_path, record_property):
    """By a socket of either server, or by polls, all at once."""
    node, sites = needs("Node"), [serve("serve"), serve("runserver")]
    with ExitStack() as stack:
        people = []
        for site in sites:
            ion = stack.enter_context(Wire(site.ws_url))
            ion.enter("Ion")
            people.append((ion, "Ana", follower(site, tmp_path / str(site.port), node, stack)))
        watcher = stack.enter_context(Wire(sites[0].ws_url))
        watcher.enter("Eva")
        people.append((watcher, "Poller", poller(sites[0], tmp_path, stack)))
        for ion, name, _ in people:
            if not any(map(presence("joined", name), ion.unread)):
                ion.next(presence("joined", name))
        for _, _, program in people:
            program.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        for ion, name, _ in people:
            ion.next(presence("left", name), began + GONE_WITHIN - time.monotonic())
            figure = f"{name}, stopped: gone after {time.monotonic() - began:.0f} s"
            record_property("figure", figure)
