"""The measurements: printed, recorded, and written to a file."""

import json
import os
import platform
import statistics
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.work.measuring import Row


class Record:
    """All measurements of one run."""

    def __init__(self, options: dict):
        self.entries: list[dict] = []
        self.failures: list[str] = []
        self._about = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(),
            "flush_ms": round(1000 * flush_seconds(), 3),
            "options": options,
        }

    @property
    def about(self) -> str:
        """Return a description of the machine, in a line."""
        return f"{self._about['machine']}; a flush to its disk takes {self._about['flush_ms']} ms"

    def add(self, work: str, case: str, round_number: int, peer: str, rows: list[Row]) -> None:
        """Record the rows of one measurement, and print them."""
        for row in rows:
            entry = {"work": work, "case": case, "round": round_number, "peer": peer}
            limited = row.usage.load_was_the_limit if row.usage else False
            self.entries.append(entry | asdict(row) | {"load_was_the_limit": limited})
            print(line(self.entries[-1]), flush=True)

    def failed(self, work: str, case: str, round_number: int, peer: str, error: Exception) -> None:
        """Record and print a failed measurement."""
        self.failures.append(f"{work} {case}: {peer} failed (round {round_number}): {error!r}")
        print(self.failures[-1], flush=True)

    def write(self, folder: Path) -> Path:
        """Write everything as JSON; return the file."""
        folder.mkdir(exist_ok=True)
        path = folder / f"{self._about['at'].replace(':', '')}.json"
        everything = self._about | {"entries": self.entries, "failures": self.failures}
        path.write_text(json.dumps(everything, indent=1))
        return path


def line(entry: dict) -> str:
    """Return one measurement as a line."""
    words = "{work} {case}, {name}: {peer} {value:,.5g} {unit} (round {round})".format_map(entry)
    if usage := entry["usage"]:
        parties = {"server": usage["server"], "load": usage["load"]}
        parties |= usage["services"] | {"others": usage["others"]}
        shares = (f"{name} {100 * cpu / usage['wall']:.0f} %" for name, cpu in parties.items())
        words += f" [{', '.join(shares)}]"
    if entry["load_was_the_limit"]:
        words += " THE LOAD WAS THE LIMIT"
    return "\n    ! ".join([words, *entry["faults"][:3]])


def flush_seconds(times: int = 200) -> float:
    """Return the median time to flush a small write to the disk of the servers' databases.

    A durable message costs at least that, and it differs most between machines.
    """
    taken = []
    with tempfile.TemporaryFile() as file:
        for _ in range(times):
            os.write(file.fileno(), bytes(4096))
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def machine() -> str:
    """Return the machine's cores and system."""
    cpuinfo = Path("/proc/cpuinfo").read_text().splitlines()
    models = [text.split(":")[1].strip() for text in cpuinfo if text.startswith("model name")]
    return f"{len(models)} x {models[0]}, {platform.system()} {platform.release()}"
