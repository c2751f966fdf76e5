"""How much is tried: by default a little, the same each time; on request more, and at random."""

import os

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture
def fuzz(pytestconfig):
    """A function that returns hypothesis' settings for a number of examples.

    FUZZ=20 tries twenty times as many, different ones each time; `--hypothesis-seed` changes them.
    """
    times = int(os.environ.get("FUZZ", "1"))
    seed = pytestconfig.getoption("hypothesis_seed")

    def given(examples: int, **options) -> settings:
        return settings(
            max_examples=examples * times,
            derandomize=times == 1 and seed is None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            **options,
        )

    return given
