"""Two servers behind nginx, as docs/deployment.md has them, restart one after the other."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.nginx import GuidesNginx
from tests.support.recipes import Bench, Program
from tests.support.servers import Server
from tests.support.waiting import wait_until
from tests.support.wire import Wire

# What docs/deployment.md promises; and when a WebSocket is tried again after a 502.
GAP = 1.5
BY_WEBSOCKET_WITHIN = 10

FOLLOWS = """\
import { connect } from "./client.mjs";
const chat = connect("http://localhost:8000", { name: "Ana", room: "lobby" });
const print = (...what) => console.log(JSON.stringify([Date.now() / 1000, ...what]));
chat.on("state", ({ name, transport }) => print(name, transport ?? null));
chat.on("joined", () => print("joined", chat.state.transport));
chat.on("message", ({ message }) => print("message", message.body));
"""


class Follower:
    """A program with the client library, and what it has seen."""

    def __init__(self, program: Program):
        self._program = program

    @property
    def seen(self) -> list[list]:
        return [json.loads(line) for line in self._program.printed.splitlines()]

    @property
    def state(self) -> list:
        """Return the last state, by name and transport."""
        return ([[]] + [what[1:] for what in self.seen if what[1] != "message"])[-1]

    def sees(self, body: str) -> None:
        wait_until(lambda: any(what[1:] == ["message", body] for what in self.seen), body)

    def gaps(self) -> list[float]:
        """Return the seconds from each loss of the connection to the next time in the room."""
        connection = [(at, what) for at, what, _ in self.seen if what in ("waiting", "joined")]
        return [
            after - before
            for (before, what), (after, next_what) in pairwise(connection)
            if (what, next_what) == ("waiting", "joined")
        ]


@pytest.fixture
def pair(serve, redis_url, postgres_url) -> list[Server]:
    """Return two servers of one site."""
    first = serve(REDIS_URL=redis_url, DATABASE_URL=postgres_url)
    return [first, serve(REDIS_URL=redis_url, DATABASE_URL=postgres_url)]


def restart(server: Server, meanwhile: Callable[[], None]) -> None:
    server.terminate()
    meanwhile()
    server.start()


@contextmanager
def followed(proxy: GuidesNginx, needs, folder: Path) -> Iterator[Follower]:
    """Yield a follower that is in the room through a proxy."""
    bench = Bench(proxy, needs("Node"), folder)
    follower = Follower(bench.run(FOLLOWS))
    try:
        wait_until(lambda: follower.state == ["joined", "websocket"], "the way in")
        yield follower
    finally:
        bench.clear()


def test_a_rolling_restart_by_the_guide_is_a_gap_of_at_most_a_second_and_a_half(
    pair, needs, tmp_path, record_property
):
    ports = [server.port for server in pair]
    with (
        GuidesNginx(needs("nginx"), ports) as proxy,
        followed(proxy, needs, tmp_path) as follower,
    ):
        for number, (server, other) in enumerate((pair, pair[::-1], pair)):
            with Wire(other.ws_url) as ion:
                ion.enter(f"Ion {number}")
                restart(server, lambda: ion.send(f"meanwhile {number}"))  # noqa: B023
            follower.sees(f"meanwhile {number}")
        gaps = follower.gaps()
        record_property("figure", f"rolling restart: gaps of {max(gaps):.2f} s at most")
        assert gaps
        assert max(gaps) < GAP
        assert follower.state == ["joined", "websocket"]


def test_after_502_from_nginx_with_its_defaults_the_client_returns_to_a_websocket(
    pair, needs, tmp_path
):
    ports = [server.port for server in pair]
    with (
        GuidesNginx(needs("nginx"), ports, settings="") as proxy,
        followed(proxy, needs, tmp_path) as follower,
    ):
        for server in pair:
            restart(server, lambda: None)
        wait_until(
            lambda: follower.state == ["joined", "websocket"],
            "a WebSocket after the restarts",
            BY_WEBSOCKET_WITHIN,
        )
