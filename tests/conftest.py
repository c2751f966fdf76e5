"""What all tests share: services, servers and the browser; their order; what is missing."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from chat.rules import notices
from tests.support import chance, logs, programs, scheduling, shared
from tests.support.recipes import Program
from tests.support.servers import ROOT, Server
from tests.support.services import PostgresService, RedisService

# Tests that measure time come first, and beside them those that wait; then those that need the
# processor. Playwright leaves an event loop running: a process has no other test after a browser's.
ORDER = ("faults", "multiprocess", "tooling", "processes", "fuzz", "unit", "browser")
HEAVY = {"fuzz", "unit"}
HEAVY_NICENESS = 10
TEARDOWN_SECONDS = 120
SERVICES = {"serve", "redis", "postgres"}
MISSING = "could not run: there is no "


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "may_log(pattern, because): lets the servers of a test log errors that match the pattern",
    )
    if not is_worker(config):
        chance.seed()
        shared.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not is_worker(config):
        shared.end()


@pytest.fixture(autouse=True)
def forgotten_notices(monkeypatch) -> None:
    """Show each test the warnings that are logged once a minute, whatever was logged before."""
    for notice in notices._notices:
        monkeypatch.setattr(notice, "_logged_at", float("-inf"))
        monkeypatch.setattr(notice, "_times", 0)


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process runs a part of the tests for another, by pytest-xdist."""
    return hasattr(config, "workerinput")


def pytest_report_header() -> list[str]:
    seed = f"faults: seed {chance.seed()}, rounds times {chance.more()}"
    found = [f"{name}: {path or 'not found'}" for name, path in programs.found().items()]
    return [*found, f"{seed}; again with bin/faults --seed {chance.seed()}"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    return scheduling.workers(config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> scheduling.Scheduler:
    return scheduling.Scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder and by the processes they start, and put them in order."""
    for item in items:
        folder = Path(item.path).relative_to(item.config.rootpath).parts[1]
        if folder in ORDER:
            item.add_marker(folder)
        elif SERVICES & set(item.fixturenames):
            item.add_marker("processes")
        elif not kinds(item):
            item.add_marker("unit")
    items.sort(key=lambda item: ORDER.index(kind_of(item)))


def kinds(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()} & set(ORDER)


def kind_of(item: pytest.Item) -> str:
    """Return the kind that decides when a test runs."""
    found = kinds(item)
    return "browser" if "browser" in found else min(found, key=ORDER.index)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Run tests that measure time before those that need the processor."""
    if is_worker(item.config):
        # Only root may go back.
        with suppress(PermissionError):
            niceness = HEAVY_NICENESS if kind_of(item) in HEAVY else 0
            os.setpriority(os.PRIO_PROCESS, 0, niceness)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown():
    """Bound the teardown of a test that failed: for that one pytest-timeout counts no longer."""
    if signal.getsignal(signal.SIGALRM) is not signal.SIG_DFL:
        return (yield)
    signal.signal(signal.SIGALRM, lambda *_: pytest.fail(f"after {TEARDOWN_SECONDS} s of teardown"))
    signal.setitimer(signal.ITIMER_REAL, TEARDOWN_SECONDS)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


def pytest_terminal_summary(terminalreporter) -> None:
    """Print what the faults cost, and loudly what was left out for want of a program."""
    reports = terminalreporter.getreports
    figures = [
        value
        for report in reports("passed") + reports("failed")
        for name, value in report.user_properties
        if name == "figure"
    ]
    if figures:
        terminalreporter.section("what the faults cost")
    for figure in figures:
        terminalreporter.line(figure)
    count = sum(MISSING in str(report.longrepr) for report in reports("skipped"))
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
def postgres(needs, tmp_path_factory):
    """A PostgreSQL for the tests of this process, which may not break it."""
    with PostgresService(needs("PostgreSQL")) as service:
        url = service.new_database()
        Server(tmp_path_factory.mktemp("postgres"), DATABASE_URL=url).manage("setup")
        service.template = url.rpartition("/")[2]
        yield service


@pytest.fixture
def postgres_url(postgres) -> str:
    """A database with its tables and nothing in them but the default room."""
    return postgres.new_database()


@pytest.fixture
def serve(tmp_path):
    """A function that starts a Server; all of them end with the test, which shows their logs."""
    servers = []

    def start(program: str = "serve", **options) -> Server:
        server = Server(tmp_path, program, **options)
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.kill()
        sys.stdout.write(server.log)


@pytest.fixture
def node(needs, tmp_path) -> Iterator[Callable[..., Program]]:
    """Yield a function that starts Socket.IO's client for Node, as tests/support/NAME.mjs."""
    program, programs = needs("Node"), []
    needs("socket.io-client")

    def start(url: str, *arguments: str, script: str = "socketio_client") -> Program:
        file = ROOT / "tests" / "support" / f"{script}.mjs"
        command = [str(program), str(file), url, *arguments]
        programs.append(Program(command, {}, tmp_path / f"{script}-{len(programs)}.out"))
        return programs[-1]

    yield start
    for each in programs:
        each.kill()


@pytest.fixture(scope="session")
def browser_type_launch_args(needs) -> dict:
    """How Playwright starts the system's Chromium, quiet on the network."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {
        "executable_path": str(needs("Chromium")),
        "args": [*sandbox, *quiet],
        # All processes start theirs at once.
        "timeout": 120_000,
    }
