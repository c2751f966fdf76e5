"""Sites of several real server processes, to be broken one process at a time."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.support.servers import ROOT, Server

FAILING = "tests.faults.failing"


class Process(Server):
    """One server process of a site.

    With a `fail_point` it runs the server as tests/faults/failing.py modifies it.
    """

    def __init__(self, folder: Path, fail_point: str = "", program: str = "serve", **environment):
        super().__init__(folder, "serve" if program == "serve" else "runserver", **environment)
        self.environment |= {"CHAT_TESTS_FAIL_POINT": fail_point, "DEBUG": "off"}
        if fail_point:
            self.command = [sys.executable, "-m", FAILING, "127.0.0.1", str(self.port), "1"]

    def _ready(self) -> bool:
        # Without Redis a process is healthy and not "ready".
        assert self.process.poll() is None, f"The server ended:\n{self.log}"
        return self.get("/healthz")[0] == 200

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def usage(self) -> psutil.Process:
        return psutil.Process(self.process.pid)


class Site:
    """Processes on one database, which is new for each site."""

    def __init__(self, folder: Path, database_url: str = "", **environment: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.database_url = database_url or f"sqlite:///{folder}/site.sqlite3"
        self.environment = {
            "CHAT_RATE_LIMITS": "off",
            "DATABASE_URL": self.database_url,
        } | environment
        self.processes: list[Process] = []

    def manage(self, *arguments: str) -> str:
        """Run a management command on the site's database; return what it printed."""
        return Process(self.folder, **self.environment).manage(*arguments)

    def process(self, **options) -> Process:
        """Start one more process."""
        process = Process(self.folder, **options, **self.environment)
        self.processes.append(process)
        process.start()
        return process

    async def start(self, number: int, **options) -> list[Process]:
        """Start so many processes, and return them."""
        starting = (asyncio.to_thread(self.process, **options) for _ in range(number))
        return list(await asyncio.gather(*starting))

    def addresses(self) -> list[str]:
        """Return the WebSocket URLs of the processes that are up."""
        return [process.ws_url for process in self.processes if process.alive]

    def kill(self) -> None:
        for process in self.processes:
            if process.process is not None:
                process.kill()

    @property
    def logs(self) -> str:
        parts = [f"--- {p.log_file.name}\n{p.log}" for p in self.processes if p.process]
        return "\n".join(part for part in parts if part.strip().count("\n"))


def stop(process: Process, number: int = signal.SIGTERM) -> int:
    """Send a signal and wait for the end; return the exit status."""
    process.process.send_signal(number)
    return process.process.wait(30)


async def until(condition: Callable[[], object], what: str, seconds: float) -> float:
    """Wait for a condition; return the seconds it took. Fails after `seconds`, naming `what`."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"In {seconds:g} s {what} did not happen."
        await asyncio.sleep(0.02)
    return time.monotonic() - started


__all__ = ["ROOT", "Process", "Site", "stop", "until"]
