"""What all tests share: services, servers and the browser; their order; what is missing."""

import os
import sys
from pathlib import Path

import pytest

from tests.support import logs, programs
from tests.support.servers import Server
from tests.support.services import PostgresService, RedisService

# Later ones need more, and Playwright leaves an event loop running behind it.
ORDER = ("unit", "fuzz", "processes", "multiprocess", "faults", "tooling", "browser")
SERVICES = {"serve", "redis", "postgres"}
MISSING = "could not run: there is no "


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "may_log(pattern, because): lets the servers of a test log errors that match the pattern",
    )


def pytest_report_header() -> list[str]:
    return [f"{name}: {path or 'not found'}" for name, path in programs.found().items()]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder and by the processes they start; those that need more run last."""
    for item in items:
        folder = Path(item.path).relative_to(item.config.rootpath).parts[1]
        if folder in ORDER:
            item.add_marker(folder)
        elif SERVICES & set(item.fixturenames):
            item.add_marker("processes")
        elif not marks(item):
            item.add_marker("unit")
    items.sort(key=lambda item: max(map(ORDER.index, marks(item))))


def marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()} & set(ORDER)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly what was left out for want of a program."""
    skipped = [str(report.longrepr) for report in terminalreporter.getreports("skipped")]
    count = sum(MISSING in reason for reason in skipped)
    if count:
        terminalreporter.section(f"{count} TESTS COULD NOT RUN, see below", red=True)


@pytest.fixture(autouse=True)
def quiet_logs(request):
    """Fail a test whose servers printed a traceback or an error, but for what it expects."""
    yield
    marks = request.node.iter_markers("may_log")
    logs.check([logs.expected(*mark.args, **mark.kwargs) for mark in marks])


@pytest.fixture(scope="session")
def needs():
    """A function that returns a program's path; without it the test fails in CI, else skips."""

    def need(name: str) -> Path:
        path = programs.found()[name]
        if not path:
            give_up = pytest.fail if os.environ.get("CI") else pytest.skip
            give_up(MISSING + name)
        return path

    return need


@pytest.fixture
def redis(needs):
    """A Redis for one test, which may pause and kill it."""
    with RedisService(needs("Redis")) as service:
        yield service


@pytest.fixture
def redis_url(redis) -> str:
    return redis.url


@pytest.fixture(scope="session")
def postgres(needs):
    """A PostgreSQL for all tests; who breaks it mends it."""
    with PostgresService(needs("PostgreSQL")) as service:
        yield service


@pytest.fixture
def postgres_url(postgres) -> str:
    """An empty database."""
    return postgres.new_database()


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory) -> str:
    """Where all servers collect the static files, so that only the first has the work."""
    return str(tmp_path_factory.mktemp("data"))


@pytest.fixture
def serve(tmp_path, data_dir):
    """A function that starts a Server; all of them end with the test, which shows their logs."""
    servers = []

    def start(program: str = "serve", **options) -> Server:
        server = Server(tmp_path, program, **{"DATA_DIR": data_dir} | options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()
        sys.stdout.write(server.log)


@pytest.fixture(scope="session")
def browser_type_launch_args(needs) -> dict:
    """How Playwright starts the system's Chromium, quiet on the network."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {"executable_path": str(needs("Chromium")), "args": [*sandbox, *quiet]}
