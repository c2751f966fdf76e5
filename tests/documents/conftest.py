"""Fixtures of the tests of documents: a site, a person on it, and a runner for examples."""

from collections.abc import Iterator

import pytest

from tests.support.recipes import Bench
from tests.support.servers import Server
from tests.support.wire import Wire


@pytest.fixture
def site(serve) -> Server:
    return serve()


@pytest.fixture
def bench(site, needs, tmp_path) -> Iterator[Bench]:
    (tmp_path / "bench").mkdir()
    bench = Bench(site, needs("Node"), tmp_path / "bench")
    yield bench
    bench.clear()


@pytest.fixture
def ion(site) -> Iterator[Wire]:
    """Yield a person in the lobby."""
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        yield ion
