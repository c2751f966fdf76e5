"""The logs of the tests' servers: no errors and tracebacks except expected ones.

A test declares expected records by a mark with a reason, which applies to that test only:

    @pytest.mark.may_log("chat.cluster.transport: .* cannot be reached", because="Redis is killed")
"""

import re
from collections.abc import Collection
from pathlib import Path

# Where a record of chatsite's logging begins; other lines, such as those of a traceback, belong to
# the record before them.
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ )", re.MULTILINE)
TROUBLE = re.compile(
    r"^\S+ \S+ (ERROR|CRITICAL) |^Traceback \(most recent call last\)|^Exception ignored in"
    r"|^Fatal Python error",
    re.MULTILINE,
)
MOST_SHOWN = 5


class Log:
    """A server's log file, read from where the last read ended."""

    def __init__(self, path: Path):
        self.path = path
        self._read = 0

    def trouble(self, expected: Collection[re.Pattern] = ()) -> list[str]:
        """Return the new records of errors and tracebacks that no pattern matches."""
        return [
            record
            for record in RECORD.split(self._news())
            if TROUBLE.search(record) and not any(pattern.search(record) for pattern in expected)
        ]

    def _news(self) -> str:
        """Return the complete lines that were not read yet."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            file.seek(self._read)
            news = file.read()
        news = news[: news.rfind(b"\n") + 1]
        self._read += len(news)
        return news.decode(errors="replace")


# The logs of all servers that were started; those of ended tests do not grow.
_logs: dict[Path, Log] = {}


def watch(path: Path) -> None:
    """Watch the log of a server that starts."""
    _logs.setdefault(path, Log(path))


def expected(pattern: str, *, because: str) -> re.Pattern:
    """Return the compiled pattern of a mark; without a reason it is a TypeError."""
    return re.compile(pattern, re.DOTALL)


def check(expected: Collection[re.Pattern]) -> None:
    """Fail with the unexpected records since the last check."""
    found = [
        f"{log.path.name}: {record}" for log in _logs.values() for record in log.trouble(expected)
    ]
    shown = "\n".join(found[:MOST_SHOWN])
    assert not found, f"{len(found)} records of errors in the servers' logs:\n{shown}"
