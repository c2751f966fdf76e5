"""A server to measure, and the services beside it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load.cores import on_server_core
from bench.load.member import Member
from bench.load.usage import Meter
from tests.support.programs import redis_path
from tests.support.services import RedisService, Service

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Target:
    """A running server: port, process, services beside it by name, and its kind of member.

    `manage` runs a management command, where the server has any.
    """

    port: int
    pid: int
    beside: dict[str, int]
    member: type[Member]
    manage: Callable[..., str] | None = None

    def meter(self) -> Meter:
        """Start measuring."""
        return Meter(self.pid, self.beside)


class Program(Service):
    """A peer's server, started by `command(program)` on the server's core."""

    def __init__(self, command: Callable[["Program"], list[str]]):
        super().__init__()
        self._command = command(self)

    def command(self) -> list[str]:
        return self._command

    def start(self) -> None:
        with on_server_core():
            super().start()

    def answers(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def redis() -> Iterator[RedisService]:
    """Run a Redis for this measurement, on the load's core."""
    with RedisService(redis_path()) as service:
        yield service
