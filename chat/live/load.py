"""How busy this process is."""

import time

SAMPLE = 0.1


class Load:
    """The share of a core that the process used lately, from 0 to 1.

    Over SAMPLE seconds or more: of a few milliseconds, any work takes all.
    """

    def __init__(self):
        self._share = 0.0
        self._at, self._worked = time.perf_counter(), time.process_time()

    def share(self) -> float:
        """Give the share as of now."""
        now = time.perf_counter()
        if now - self._at >= SAMPLE:
            worked = time.process_time()
            self._share = min(1.0, (worked - self._worked) / (now - self._at))
            self._at, self._worked = now, worked
        return self._share


load = Load()
