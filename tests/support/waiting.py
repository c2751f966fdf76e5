"""Waiting for what other processes do: until it is so, never for a fixed time."""

import time
from collections.abc import Callable

GLANCE = 0.02  # seconds between two looks at something that cannot tell us


def wait_until(condition: Callable[[], object], what: str, seconds: float = 10):
    """Return the first true value of `condition`; fail saying `what` did not happen in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"In {seconds:g} s {what} did not happen.")
        time.sleep(GLANCE)
    return value
