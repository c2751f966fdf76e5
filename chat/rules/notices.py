"""Warnings of what may happen a thousand times: each kind is a line in the log, once a minute."""

import logging
import time
from threading import Lock
from weakref import WeakSet

# In seconds.
EVERY = 60.0

_notices: WeakSet["Notice"] = WeakSet()


class Notice:
    """A warning that is logged when it is due for the first time, and then once in EVERY seconds.

    What anybody can cause must not fill the log, and must not be missing there either: each line
    after the first says how often it was due since the one before. Threads may share a notice.
    """

    def __init__(self, logger: logging.Logger, sentence: str):
        self._logger = logger
        self._sentence = sentence
        self._lock = Lock()
        self._times = 0
        self._details: tuple = ()
        self._logged_at = float("-inf")
        _notices.add(self)

    def warn(self, *details: object) -> None:
        """Count a warning; log it now, with the details that the sentence takes, or later."""
        with self._lock:
            self._times += 1
            self._details = details
        self.report()

    def report(self) -> None:
        """Log what was counted, unless the last line is younger than EVERY seconds."""
        now = time.monotonic()
        with self._lock:
            if not self._times or now - self._logged_at < EVERY:
                return
            times, details = self._times, self._details
            self._times, self._logged_at = 0, now
        often = f" ({times} times since the last such line)" if times > 1 else ""
        self._logger.warning(f"{self._sentence}%s", *details, often)


def report_all() -> None:
    """Log what was counted since the last lines; to be called once in a while."""
    for notice in tuple(_notices):
        notice.report()
