"""Waiting for other processes: until a condition is true, never for a fixed time."""

import time
from collections.abc import Callable

GLANCE = 0.02  # seconds between two polls of something that cannot notify


def wait_until(condition: Callable[[], object], what: str, seconds: float = 10):
    """Return the first true value of `condition`; fail with `what` when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"In {seconds:g} s {what} did not happen.")
        time.sleep(GLANCE)
    return value
