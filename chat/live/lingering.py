"""How busy this process is, and how long it is worth waiting for more to write."""

import time

SAMPLE = 0.1

# A room's next flush waits for up to so many times as long as the last one took: the busier the
# process is, the longer. What a flush costs comes back several times, in receipts and in replies,
# and gathering is what makes a busy room cheap ("fanout" in bench/); where there is time, waiting
# would only be waiting ("latency").
LINGER = 6.0
MAX_LINGER = 0.03


class Load:
    """The share of a core that the process used lately, from 0 to 1.

    Over SAMPLE seconds or more: of a few milliseconds, any work takes all.
    """

    def __init__(self):
        self._share = 0.0
        self._at, self._worked = time.perf_counter(), time.process_time()

    def share(self) -> float:
        """Return the share as of now."""
        now = time.perf_counter()
        if now - self._at >= SAMPLE:
            worked = time.process_time()
            self._share = min(1.0, (worked - self._worked) / (now - self._at))
            self._at, self._worked = now, worked
        return self._share

    def linger_after(self, took: float) -> float:
        """Return the seconds to wait after a flush that took so many seconds of processor time.

        Time in which another process had the core is no reason to wait.
        """
        return min(MAX_LINGER, LINGER * self.share() ** 4 * took)


load = Load()
