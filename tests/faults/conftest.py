"""What the faults share: the seed of all chance, how many rounds, and sites to break."""

import asyncio
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.faults.sites import Site
from tests.support.servers import ROOT, clean_environment
from tests.support.services import RedisService


def pytest_report_header() -> str:
    return f"faults: seed {seed()}, rounds times {more()}; again with bin/faults --seed {seed()}"


FIGURES: list[tuple[str, str]] = []


def pytest_terminal_summary(terminalreporter) -> None:
    """Tell what was measured, for docs/reliability.md."""
    if FIGURES:
        terminalreporter.section("what the faults cost")
    for name, value in FIGURES:
        terminalreporter.line(f"{name}: {value}")


@pytest.fixture
def figures():
    """A function that keeps a measurement for the summary."""
    return lambda name, value: FIGURES.append((name, value))


def seed() -> int:
    """Give the seed of this run: the one that was asked for, or a new one."""
    return int(os.environ.setdefault("FAULTS_SEED", str(random.randrange(1_000_000))))


def more() -> int:
    """Give how many times the usual rounds were asked for."""
    return int(os.environ.get("FAULTS_ROUNDS", "1"))


@pytest.fixture
def dice(request) -> random.Random:
    """Chance, the same for each test whatever ran before."""
    print(f"seed {seed()}")  # noqa: T201 - pytest shows it where a test fails
    return random.Random(f"{seed()} {request.node.name}")


@pytest.fixture(scope="session")
def rounds():
    """A function that gives how often to do what bin/test does so often."""
    return lambda usual: usual * more()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """An SQLite database with its tables made, to copy."""
    path = tmp_path_factory.mktemp("template") / "site.sqlite3"
    environment = clean_environment(DATABASE_URL=f"sqlite:///{path}", DATA_DIR=str(path.parent))
    command = [sys.executable, "manage.py", "setup"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return path


@pytest.fixture
def new_site(tmp_path, template):
    """A function that makes a site; all end with the test, which shows what they logged."""
    sites, numbers = [], count(1)

    def make(**options) -> Site:
        site = Site(tmp_path / f"site{next(numbers)}", template, **options)
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.kill()
        sys.stdout.write(site.logs)


@pytest.fixture
def new_redis(needs):
    """A function that starts a Redis of one's own; all end with the test."""
    services = []

    def make(start: bool = True) -> RedisService:
        service = RedisService(needs("Redis"))
        services.append(service)
        if start:
            service.start()
        return service

    yield make
    for service in services:
        if service.process is None:
            service.folder.rmdir()
        else:
            service.__exit__()


@pytest.fixture
def side_by_side(subtests):
    """A function that runs stories, each in a thread and a loop of its own, and reports each."""

    def run(**stories) -> None:
        with ThreadPoolExecutor(len(stories)) as threads:
            under_way = {
                name: threads.submit(asyncio.run, story) for name, story in stories.items()
            }
            for name, future in under_way.items():
                with subtests.test(msg=name.replace("_", " ")):
                    future.result()

    return run
