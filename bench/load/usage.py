"""CPU and memory of processes, as the operating system counts them."""

import time
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Usage:
    """Seconds between two readings: wall clock, and CPU of each party.

    `others` is everything else on the machine: where it is much, the numbers are noisy.
    """

    wall: float
    server: float
    load: float
    services: dict[str, float]
    others: float

    @property
    def load_was_the_limit(self) -> bool:
        """Return whether the load generator was the bottleneck, not the server."""
        return self.load > 0.9 * self.wall and self.server < 0.9 * self.wall


class Meter:
    """Reads the CPU time of a server and of the services beside it (Redis, a database).

    `server` and `services` are process ids; all their descendants count too.
    """

    def __init__(self, server: int, services: dict[str, int]):
        self._server = server
        self._services = services
        self._last = self._read()

    def restart(self) -> None:
        """Measure from now on."""
        self._last = self._read()

    def stop(self) -> Usage:
        """Return what was used since the start or the last restart."""
        before, after = self._last, self._read()
        wall, server, load = (after[key] - before[key] for key in ("wall", "server", "load"))
        services = {name: after[name] - before[name] for name in self._services}
        others = after["machine"] - before["machine"] - server - load - sum(services.values())
        return Usage(wall, server, load, services, max(0.0, others))

    def _read(self) -> dict[str, float]:
        services = {name: cpu_seconds(pid) for name, pid in self._services.items()}
        return services | {
            "wall": time.perf_counter(),
            "server": cpu_seconds(self._server),
            "load": time.process_time(),
            "machine": busy_seconds(),
        }


def family(pid: int) -> list[psutil.Process]:
    """Return a process and all its descendants."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def cpu_seconds(pid: int) -> float:
    """Return the CPU seconds that a process and its descendants have used.

    Of a descendant that has ended, such as a worker of PostgreSQL, its parent knows them, to 10 ms.
    """
    seconds = 0.0
    for process in family(pid):
        with suppress(psutil.NoSuchProcess, OSError):
            times = process.cpu_times()
            seconds += time.clock_gettime(clock_of(process.pid))
            seconds += times.children_user + times.children_system
    return seconds


def clock_of(pid: int) -> int:
    """Return Linux's clock of the CPU time of a process, as clock_getcpuclockid(3) does."""
    return (~pid << 3) | 2


def busy_seconds() -> float:
    """Return the CPU seconds that the whole machine has used."""
    times = psutil.cpu_times()
    return sum(times) - times.idle - times.iowait - times.guest - times.guest_nice


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process and its descendants, in bytes."""
    total = 0
    for process in family(pid):
        with suppress(psutil.NoSuchProcess):
            total += process.memory_info().rss
    return total
