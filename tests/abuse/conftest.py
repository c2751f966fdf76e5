"""One server of each kind for all who only want to be answered; memory is measured on new ones."""

import pytest

from tests.support.servers import Server


@pytest.fixture(scope="session")
def victim(tmp_path_factory):
    """A function that gives the running `serve` or `runserver`, without limits of rates."""
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
