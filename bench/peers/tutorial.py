"""The chat of the Channels tutorial, where most chats on Django begin."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.load.plain import TutorialMember
from bench.peers.program import HERE, Program, Target, redis

SCRIPT = HERE / "channels_tutorial/serve.py"


@contextmanager
def tutorial(backend: str) -> Iterator[Target]:
    """Run it on daphne with one of the two layers of channels_redis."""

    def command(program: Program) -> list[str]:
        return [sys.executable, str(SCRIPT), str(program.port), backend, service.url]

    with redis() as service, Program(command) as program:
        yield Target(
            program.port, program.process.pid, {"redis": service.process.pid}, TutorialMember
        )
