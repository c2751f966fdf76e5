"""Real server processes of the site, each as an operator or a newcomer would start it."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from tests.support import logs
from tests.support.services import free_port
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
STOP_SECONDS = 15


def clean_environment(**variables: str) -> dict[str, str]:
    """Return an environment with `variables` and nothing of this process's configuration.

    All that the settings read is there, so that a developer's `.env` has no say.
    """
    inherited = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "chatsite.settings",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "a-key-for-the-tests-alone-" * 2,
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "BASE_URL": "",
        "DATA_DIR": "",
        "CHAT_RATE_LIMITS": "on",
        "LOG_LEVEL": "INFO",
        "REDIS_URL": "",
        "TIME_ZONE": "",
        **variables,
    }


class Server:
    """A running server: `serve` is production's uvicorn, `runserver` is what bin/run starts.

    `environment` overrides what the settings read. Servers are one site when they are given the
    same DATABASE_URL (and REDIS_URL).
    """

    def __init__(self, folder: Path, program: str = "serve", workers: int = 1, **environment: str):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.database_url = environment.setdefault("DATABASE_URL", f"sqlite:///{folder}/chat.db")
        environment.setdefault("DATA_DIR", str(folder))
        debug = "off" if program == "serve" else "on"
        self.environment = clean_environment(DEBUG=debug, **environment)
        self.log_file = folder / f"{program}-{self.port}.log"
        options = [f"--workers={workers}"] if program == "serve" else ["--noreload"]
        self.command = [sys.executable, "manage.py", program, f"127.0.0.1:{self.port}", *options]
        self.process: subprocess.Popen | None = None
        if program == "runserver":
            self.manage("setup")

    def start(self) -> None:
        """Start, and return when the server is ready; fail with its log when it is not in time.

        The test that it is for fails of errors in that log (tests/support/logs.py).
        """
        logs.watch(self.log_file)
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            wait_until(self._ready, "the server's start", START_SECONDS)
        except AssertionError:
            self.kill()
            raise

    def _ready(self) -> bool:
        assert self.process.poll() is None, f"The server ended:\n{self.log}"
        return self.get("/readyz")[0] == 200

    @property
    def log(self) -> str:
        """All that the server has printed so far."""
        return self.log_file.read_text(errors="replace")

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and body of a page; status 0 when nobody listens."""
        try:
            with urlopen(f"{self.url}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (URLError, OSError):
            return 0, ""

    def manage(self, *arguments: str) -> str:
        """Run a management command on the server's database and return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def terminate(self) -> int:
        """Ask the server to stop, as an operator does; return its exit status."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """End the server and its workers as a crash would; nothing where it has ended."""
        if self.process.poll() is None:
            workers = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            for worker in workers:
                worker.kill()
            psutil.wait_procs(workers, timeout=STOP_SECONDS)
        self.process.wait()
