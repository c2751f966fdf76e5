"""Fixtures of the fault tests: random numbers, the number of rounds, and sites to break."""

import asyncio
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from tests.faults.sites import Site
from tests.support.chance import more, seed
from tests.support.services import RedisService


@pytest.fixture
def figures(record_property):
    """Return a function that records a measurement for the summary and docs/reliability.md."""
    return lambda name, value: record_property("figure", f"{name}: {value}")


@pytest.fixture
def dice(request) -> random.Random:
    """Return random numbers that are the same for each test whatever ran before."""
    print(f"seed {seed()}")  # noqa: T201 - pytest shows it where a test fails
    return random.Random(f"{seed()} {request.node.name}")


@pytest.fixture(scope="session")
def rounds():
    """Return a function from the number of rounds in bin/test to the number in this run."""
    return lambda usual: usual * more()


@pytest.fixture
def new_site(tmp_path):
    """Yield a function that makes a site; at its end, the test kills all and prints their logs."""
    sites, numbers = [], count(1)

    def make(**options) -> Site:
        site = Site(tmp_path / f"site{next(numbers)}", **options)
        sites.append(site)
        return site

    yield make
    for site in sites:
        site.kill()
        sys.stdout.write(site.logs)


@pytest.fixture
def new_redis(needs):
    """Yield a function that makes a separate Redis; all end with the test."""
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
    """Return a function that runs coroutines side by side and reports each as a subtest.

    Each runs in its own thread and event loop.
    """

    def run(**stories) -> None:
        threads = ThreadPoolExecutor(len(stories))
        under_way = {name: threads.submit(asyncio.run, story) for name, story in stories.items()}
        # Not by `with`: after a timeout of the test it would wait for what caused that.
        threads.shutdown(wait=False)
        for name, future in under_way.items():
            with subtests.test(msg=name.replace("_", " ")):
                future.result()

    return run
