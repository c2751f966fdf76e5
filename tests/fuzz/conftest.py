"""How much is tried: a little and always the same, or as much and as variously as one asks for."""

import os

import pytest
from hypothesis import HealthCheck, settings


@pytest.fixture
def fuzz(pytestconfig):
    """A function that gives hypothesis' settings for so many examples.

    FUZZ=20 tries twenty times as many, and others each time; so does `--hypothesis-seed`.
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
