"""Sites of two processes."""

import sys
from collections.abc import Iterator
from itertools import count

import pytest

from tests.support.servers import Server
from tests.support.services import RedisService

DATABASES = ["PostgreSQL", "SQLite"]
numbers = count(1)


@pytest.fixture(params=DATABASES)
def database(request, tmp_path) -> dict[str, str]:
    if request.param == "SQLite":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/shared.sqlite3"}
    return {"DATABASE_URL": request.getfixturevalue("postgres_url")}


@pytest.fixture(scope="session", params=DATABASES)
def shared_site(request, needs, tmp_path_factory) -> Iterator[list[Server]]:
    """Yield two processes on one database, with Redis between them, for many tests."""
    folder = tmp_path_factory.mktemp("two")
    url = f"sqlite:///{folder}/shared.sqlite3"
    if request.param == "PostgreSQL":
        url = request.getfixturevalue("postgres").new_database()
    with RedisService(needs("Redis")) as redis:
        options = {"DATABASE_URL": url, "REDIS_URL": redis.url, "CHAT_RATE_LIMITS": "off"}
        servers = [Server(folder, **options) for _ in range(2)]
        try:
            for server in servers:
                server.start()
            yield servers
        finally:
            for server in servers:
                server.kill()


@pytest.fixture
def two(shared_site) -> Iterator[list[Server]]:
    """Yield the two processes; at the end, the test shows what they logged meanwhile."""
    before = [len(server.log) for server in shared_site]
    yield shared_site
    for server, length in zip(shared_site, before, strict=True):
        sys.stdout.write(server.log[length:])


@pytest.fixture
def room() -> str:
    """Return the slug of a room for this test alone."""
    return f"talk-{next(numbers)}"
