"""Sites of several real server processes, to be broken one process at a time."""

import asyncio
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.support.servers import ROOT, Server

SERVING = "chatsite.server.serving"
FAILING = "tests.faults.failing"


class Process(Server):
    """One server process of a site, started in under a second: what is set up stays set up.

    With a `fail_point` it runs what tests/faults/failing.py makes of the server.
    """

    def __init__(self, folder: Path, fail_point: str = "", program: str = "serve", **environment):
        super().__init__(folder, "serve", **environment)
        self.environment["CHAT_TESTS_FAIL_POINT"] = fail_point
        if program == "serve":
            module = FAILING if fail_point else SERVING
            self.command = [sys.executable, "-m", module, "127.0.0.1", str(self.port), "1"]
        else:
            address = f"127.0.0.1:{self.port}"
            self.command = [sys.executable, "manage.py", "runserver", "--noreload", address]

    def _ready(self) -> bool:
        # Without Redis a process lives and is not "ready".
        assert self.process.poll() is None, f"The server ended:\n{self.log}"
        return self.get("/healthz")[0] == 200

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def usage(self) -> psutil.Process:
        return psutil.Process(self.process.pid)


class Site:
    """Processes on one database; a fresh one each, with its tables made."""

    def __init__(self, folder: Path, template: Path, database_url: str = "", **environment: str):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        if not database_url:
            shutil.copy(template, folder / "site.sqlite3")
            database_url = f"sqlite:///{folder}/site.sqlite3"
        self.database_url = database_url
        self.environment = {
            "CHAT_RATE_LIMITS": "off",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
        } | environment
        self.processes: list[Process] = []
        if not (folder / "site.sqlite3").exists():
            self.manage("migrate")

    def manage(self, *arguments: str) -> str:
        """Run a management command on the site's database; give what it printed."""
        return Process(self.folder, **self.environment).manage(*arguments)

    def process(self, **options) -> Process:
        """Start one more process."""
        process = Process(self.folder, **options, **self.environment)
        self.processes.append(process)
        process.start()
        return process

    async def start(self, number: int, **options) -> list[Process]:
        """Start so many processes, and give them."""
        starting = (asyncio.to_thread(self.process, **options) for _ in range(number))
        return list(await asyncio.gather(*starting))

    def addresses(self) -> list[str]:
        """Give the WebSocket URLs of the processes that are up."""
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
    """Send a signal and wait for the end; give the exit status."""
    process.process.send_signal(number)
    return process.process.wait(30)


async def until(condition: Callable[[], object], what: str, seconds: float) -> float:
    """Wait for a condition, or fail saying what did not come; give the seconds it took."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, f"In {seconds:g} s {what} did not happen."
        await asyncio.sleep(0.02)
    return time.monotonic() - started


__all__ = ["ROOT", "Process", "Site", "stop", "until"]
