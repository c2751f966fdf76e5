"""Sites of two processes."""

import pytest

from tests.support.servers import Server


@pytest.fixture(params=["PostgreSQL", "SQLite"])
def database(request, tmp_path) -> dict[str, str]:
    if request.param == "SQLite":
        return {"DATABASE_URL": f"sqlite:///{tmp_path}/shared.sqlite3"}
    return {"DATABASE_URL": request.getfixturevalue("postgres_url")}


@pytest.fixture
def two(serve, database, redis_url) -> list[Server]:
    """Two processes on one database, with Redis between them."""
    return [serve(**database, REDIS_URL=redis_url, CHAT_RATE_LIMITS="off") for _ in range(2)]
