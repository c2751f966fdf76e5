"""What the servers of the tests print: nothing that would wake an operator, but what is expected.

A test names what it expects by a mark, with the reason, and it is allowed in that test alone:

    @pytest.mark.may_log("chat.cluster.hints: .* cannot be reached", because="Redis is killed")
"""

import re
from collections.abc import Collection
from pathlib import Path

# Where a record of chatsite's own logging begins; all else that is printed belongs to the one
# before: its traceback, say.
RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ )", re.MULTILINE)
TROUBLE = re.compile(
    r"^\S+ \S+ (ERROR|CRITICAL) |^Traceback \(most recent call last\)|^Exception ignored in"
    r"|^Fatal Python error",
    re.MULTILINE,
)
MOST_SHOWN = 5


class Log:
    """A server's log file, read on from where it was read last."""

    def __init__(self, path: Path):
        self.path = path
        self._read = 0

    def trouble(self, expected: Collection[re.Pattern] = ()) -> list[str]:
        """Give the new records of errors and tracebacks that no pattern finds a match in."""
        return [
            record
            for record in RECORD.split(self._news())
            if TROUBLE.search(record) and not any(pattern.search(record) for pattern in expected)
        ]

    def _news(self) -> str:
        """Give the whole lines that were not read yet."""
        if not self.path.exists():
            return ""
        with self.path.open("rb") as file:
            file.seek(self._read)
            news = file.read()
        news = news[: news.rfind(b"\n") + 1]
        self._read += len(news)
        return news.decode(errors="replace")


# Of all servers that were started; those of ended tests grow no more.
_logs: dict[Path, Log] = {}


def watch(path: Path) -> None:
    """Hold a log to the rule, from the start of its server on."""
    _logs.setdefault(path, Log(path))


def expected(pattern: str, *, because: str) -> re.Pattern:
    """Compile the pattern of a mark, which has no effect without a reason: a TypeError."""
    return re.compile(pattern, re.DOTALL)


def check(expected: Collection[re.Pattern]) -> None:
    """Fail with what the servers have printed since the last check and should not have."""
    found = [
        f"{log.path.name}: {record}" for log in _logs.values() for record in log.trouble(expected)
    ]
    told = "\n".join(found[:MOST_SHOWN])
    assert not found, f"{len(found)} records of errors in the servers' logs:\n{told}"
