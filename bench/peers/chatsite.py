"""This project's own server, as bin/serve starts it and on daphne."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench.load.chatsite import ChatsiteMember
from bench.load.cores import move_to_server_core
from bench.load.member import Member
from bench.peers.program import Target, redis
from tests.support.programs import postgres_folder
from tests.support.servers import Server
from tests.support.services import PostgresService


class DurablePostgres(PostgresService):
    """A PostgreSQL that flushes to disk before it confirms a commit."""

    def command(self) -> list[str]:
        return [*super().command(), "-c", "fsync=on"]


@contextmanager
def chatsite(
    workers: int = 1,
    postgres: bool = False,
    on_daphne: bool = False,
    speaking: type[Member] = ChatsiteMember,
) -> Iterator[Target]:
    """Run the site on Redis and on SQLite (`synchronous=FULL`) or PostgreSQL; no rate limits."""
    with ExitStack() as stack:
        beside = {"redis": stack.enter_context(redis())}
        environment = {"REDIS_URL": beside["redis"].url, "CHAT_RATE_LIMITS": "off"}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="chatsite-")))
        if postgres:
            beside["postgres"] = stack.enter_context(DurablePostgres(postgres_folder()))
            environment["DATABASE_URL"] = beside["postgres"].new_database()
        else:
            # Not a copy of a prepared database: writes to a copied file took longer.
            (folder / "chat.db").touch()
        server = Server(folder, workers=workers, LOG_LEVEL="WARNING", **environment)
        server.manage("setup")
        if on_daphne:
            serve_on_daphne(server)
        server.start()
        move_to_server_core(server.process.pid)
        stack.callback(server.kill)
        pids = {name: service.process.pid for name, service in beside.items()}
        yield Target(server.port, server.process.pid, pids, speaking, server.manage)


def serve_on_daphne(server: Server) -> None:
    """Make a server that was not started yet run on daphne."""
    options = ["-b", "127.0.0.1", "-p", str(server.port), "--verbosity=0"]
    server.command = [sys.executable, "-m", "daphne", *options, "chatsite.asgi:application"]
