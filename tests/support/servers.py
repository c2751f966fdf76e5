"""Real server processes of the site."""

import os
import shutil
import subprocess
import sys
from functools import cache, partial
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import psutil

from tests.support import forked, logs, shared
from tests.support.forked import Forked
from tests.support.services import free_port
from tests.support.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
SERVING = "chatsite.server.serving"
DATABASE = "site.sqlite3"
ADMIN_PASSWORD = "a-password-of-the-tests"
START_SECONDS = 60
MANAGE_SECONDS = 120
STOP_SECONDS = 15


def clean_environment(**variables: str) -> dict[str, str]:
    """Return an environment with `variables` and nothing of this process's configuration.

    Every variable of the settings is set, so that a developer's `.env` has no effect.
    """
    inherited = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "chatsite.settings",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "a-key-for-the-tests-alone-" * 2,
        "SECRET_KEY_FALLBACKS": "",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "BASE_URL": "",
        "DATA_DIR": "",
        "CHAT_RATE_LIMITS": "on",
        "LOG_LEVEL": "INFO",
        "REDIS_URL": "",
        "TIME_ZONE": "",
        **variables,
    }


@cache
def prepared() -> Path:
    """Return the folder of a site that is set up: an SQLite database and the static files."""
    return shared.once("site", _prepare)


def _prepare(folder: Path) -> None:
    url = f"sqlite:///{folder}/{DATABASE}"
    subprocess.run(
        [sys.executable, "manage.py", "setup", "--static"],
        cwd=ROOT,
        env=clean_environment(DEBUG="off", DATA_DIR=str(folder), DATABASE_URL=url),
        check=True,
        stdout=subprocess.DEVNULL,
    )


@cache
def database_with(admins: tuple[str, ...]) -> Path:
    """Return the SQLite database of a site that is set up, with these admins (ADMIN_PASSWORD)."""
    if not admins:
        return prepared() / DATABASE
    return shared.once("site-of-" + "-".join(admins), partial(_add_admins, admins)) / DATABASE


def _add_admins(admins: tuple[str, ...], folder: Path) -> None:
    shutil.copy(prepared() / DATABASE, folder)
    server = Server(
        folder,
        DATABASE_URL=f"sqlite:///{folder}/{DATABASE}",
        DJANGO_SUPERUSER_PASSWORD=ADMIN_PASSWORD,
    )
    for name in admins:
        options = ["--noinput", f"--username={name}", f"--email={name}@example.org"]
        server.manage("createsuperuser", *options)


class Server:
    """A running server: `serve` is production's uvicorn, `runserver` is what bin/run starts.

    `environment` overrides the settings' variables. Servers with the same DATABASE_URL (and
    REDIS_URL) are one site. A new SQLite database has `admins`.

    A start takes half a second of the processor instead of three, because the static files and a
    new SQLite database come from `prepared`, and its imports are done before it is forked;
    tests/tooling starts the site as an operator does.
    """

    def __init__(
        self,
        folder: Path,
        program: str = "serve",
        workers: int = 1,
        admins: tuple[str, ...] = (),
        **environment: str,
    ):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws_url = f"ws://127.0.0.1:{self.port}"
        self.database_url = environment.setdefault("DATABASE_URL", f"sqlite:///{folder}/chat.db")
        environment.setdefault("DATA_DIR", str(prepared()))
        debug = "off" if program == "serve" else "on"
        self.environment = clean_environment(DEBUG=debug, **environment)
        self.log_file = folder / f"{program}-{self.port}.log"
        self.command = [sys.executable, *self._program(program, workers)]
        self.process: Forked | None = None
        self._prepare_database(admins)

    def _program(self, program: str, workers: int) -> list[str]:
        if program == "serve":
            return ["-m", SERVING, "127.0.0.1", str(self.port), str(workers)]
        return ["manage.py", program, f"127.0.0.1:{self.port}", "--noreload"]

    def _prepare_database(self, admins: tuple[str, ...]) -> None:
        """Copy a new SQLite database; PostgreSQL's has its tables already (`postgres_url`)."""
        path = Path(self.database_url.removeprefix("sqlite:///"))
        if self.database_url.startswith("sqlite:///") and not path.exists():
            shutil.copy(database_with(admins), path)

    def start(self) -> None:
        """Start, and return when the server is ready; fail with its log when it is not in time.

        Errors in that log fail the test (tests/support/logs.py).
        """
        logs.watch(self.log_file)
        self.process = Forked(self.command, self.environment, self.log_file, self.log_file)
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
        """Return all that the server has printed so far."""
        return self.log_file.read_text(errors="replace")

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and body of a page; status 0 when the server does not listen."""
        try:
            with urlopen(f"{self.url}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except (URLError, OSError):
            return 0, ""

    def manage(self, *arguments: str, seconds: float = MANAGE_SECONDS) -> str:
        """Run a management command on the server's database, for so many seconds at most, and
        return what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        done = forked.run(command, self.environment, seconds)
        assert done.returncode == 0, f"{done.returncode}: {done.stderr}"
        return done.stdout

    def terminate(self) -> int:
        """Send SIGTERM, as a service manager does; return the exit status."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """Kill the server and its workers, as a crash; do nothing where it has ended."""
        if self.process.poll() is None:
            workers = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            for worker in workers:
                worker.kill()
            psutil.wait_procs(workers, timeout=STOP_SECONDS)
        self.process.wait()
