"""A real Redis and a real PostgreSQL for the tests, to use and to break."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from functools import partial
from itertools import count
from pathlib import Path

import psutil
import psycopg
from redis import Redis, RedisError

from tests.support import shared
from tests.support.waiting import wait_until

DATABASE_USER = "chatsite"


def free_port() -> int:
    """Return a TCP port that nobody listens on; it is this process's until it ends.

    A socket that is bound and does not listen reserves it. The kernel then gives it to nobody who
    asks for any port, be it a server of another test process or a client; a server that asks for
    this one and sets SO_REUSEADDR, as all that we start do, may listen on it again and again.
    """
    reservation = socket.socket()
    reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    reservation.bind(("127.0.0.1", 0))
    port = reservation.getsockname()[1]
    reservation.detach()
    return port


class Service:
    """A server program in its own process, on its own port.

    Subclasses define `command()` and `answers()`, and `url` for clients.
    """

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="chatsite-"))
        self.port = free_port()
        self.user: str | None = None
        self.process: subprocess.Popen | None = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exception):
        self.kill()
        shutil.rmtree(self.folder)

    def start(self) -> None:
        """Start, and return when the service answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), cwd=self.folder, stdout=log, stderr=log, user=self.user
            )
        wait_until(self.answers_or_ended, f"the start of {self.command()[0]}", 30)

    def answers_or_ended(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "log").read_text())
        return self.answers()

    def restart(self) -> None:
        """Kill the service and start it again on the same port."""
        self.kill()
        self.start()

    def kill(self) -> None:
        """Kill every process of the service, as a crash."""
        self.signal(signal.SIGKILL)
        self.process.wait()

    def pause(self) -> None:
        """Freeze the service: its connections stay open and it does not respond."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Continue a paused service."""
        self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        if self.process.poll() is not None:
            return
        main = psutil.Process(self.process.pid)
        everyone = [main, *main.children(recursive=True)]
        for process in everyone:
            process.send_signal(number)
        if number == signal.SIGKILL:
            psutil.wait_procs(everyone[1:], timeout=10)


class RedisService(Service):
    """A Redis that writes nothing to disk."""

    def __init__(self, program: Path):
        super().__init__()
        self.program = program
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        options = f"--bind 127.0.0.1 --port {self.port} --appendonly no --save"
        return [str(self.program), *options.split(), ""]

    def answers(self) -> bool:
        try:
            with Redis(port=self.port) as client:
                return client.ping()
        except RedisError:
            return False


def _copy_programs(install: Path, copies: Path) -> None:
    package = install.parent
    for folder in (install, package.with_name(f"{package.name}.libs")):
        if folder.exists():
            shutil.copytree(folder, copies / folder.relative_to(package.parent), symlinks=True)


class PostgresService(Service):
    """A PostgreSQL cluster without passwords.

    `new_database` creates a database in it: a copy of `template`, which is an empty one at first.
    """

    def __init__(self, install: Path):
        super().__init__()
        self.install = install
        self.numbers = count(1)
        self.template = "template1"
        if os.geteuid() == 0:
            self.serve_as_nobody()
        self.data = self.folder / "data"
        subprocess.run(
            ["cp", "-a", shared.once("postgres", self._initialize) / "data", self.data], check=True
        )

    def serve_as_nobody(self) -> None:
        """Run as "nobody": PostgreSQL refuses to run as root, and only root can read the package.

        Its programs find their libraries beside the package, so both are copied.
        """
        self.user = "nobody"
        package = self.install.parent
        copies = shared.once("postgres-programs", partial(_copy_programs, self.install))
        self.install = copies / self.install.relative_to(package.parent)
        shutil.chown(self.folder, self.user)

    def _initialize(self, folder: Path) -> None:
        """Make the folder of an empty cluster, of which each service has a copy."""
        if self.user:
            shutil.chown(folder, self.user)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [self.install / "bin/initdb", "-D", folder / "data", "-U", DATABASE_USER, *options],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            user=self.user,
        )

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "300",
            # Only a power failure loses data by this, not a killed process.
            "fsync": "off",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [
            str(self.install / "bin/postgres"), "-D", str(self.data), "-p", str(self.port), *options
        ]  # fmt: skip

    def answers(self) -> bool:
        try:
            self.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def new_database(self) -> str:
        """Create a database and return its URL."""
        name = f"chat{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return f"postgres://{DATABASE_USER}@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=DATABASE_USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)
