"""One server of each kind for tests of its responses; tests of memory start their own."""

import pytest

from tests.support.servers import Server


@pytest.fixture(scope="session")
def victim(tmp_path_factory):
    """A function that returns the running `serve` or `runserver`, without rate limits."""
    servers = {}

    def running(program: str = "serve") -> Server:
        if program not in servers:
            folder = tmp_path_factory.mktemp(program)
            servers[program] = Server(folder, program, CHAT_RATE_LIMITS="off")
            servers[program].start()
        return servers[program]

    yield running
    for server in servers.values():
        server.kill()
