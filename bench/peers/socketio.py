"""Socket.IO with its Redis adapter on Node, without and with messages stored in SQLite."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from bench.load.socketio import SocketIOMember
from bench.peers.program import HERE, Program, Target, redis


@contextmanager
def socketio(durable: bool = False) -> Iterator[Target]:
    """Run it; `durable` commits every message, `synchronous=FULL`, before its broadcast."""

    def command(program: Program) -> list[str]:
        words = [shutil.which("node"), HERE / "socketio/server.js", program.port, service.url]
        return [str(word) for word in [*words, *([program.folder / "chat.db"] if durable else [])]]

    with redis() as service, Program(command) as program:
        yield Target(
            program.port, program.process.pid, {"redis": service.process.pid}, SocketIOMember
        )
