"""Python programs of the site, forked from a process that has imported their libraries already.

Two thirds of the start of a server are imports, and a run of all tests starts some hundreds. The
programs in `bin/` that tests/tooling starts do it all by themselves.

Run as a program this is the process that forks: it reads requests, one JSON object a line.
"""

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from importlib import import_module
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import shared

ROOT = Path(__file__).resolve().parents[2]
GLANCE = 0.01
LIST = """
import json, sys
import django; django.setup()
import chatsite.asgi, chatsite.server.serving, chatsite.urls
print(json.dumps(list(sys.modules)))
"""
# What reads the settings when it is imported, or opens a file that processes must not share.
OWN = ("__", "chat", "daphne", "django.contrib", "django.db.backends", "ninja", "tests", "twisted")


class Forked:
    """A running program, as subprocess.Popen would have it."""

    def __init__(
        self,
        command: list[str],
        env: dict[str, str],
        stdout: Path,
        stderr: Path,
        terminal: Path | None = None,
    ):
        """Start a command of Python: its path, then a script, -m and a module, or -c and code.

        Its standard input is nothing, or a `terminal`.
        """
        self.args = command
        self.returncode: int | None = None
        self.pid = forker().ask(
            command=command[1:],
            env=env,
            outputs=[str(stdout), str(stderr)],
            terminal=terminal and str(terminal),
            niceness=os.getpriority(os.PRIO_PROCESS, 0),
        )

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = forker().ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float = float("inf")) -> int:
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.args, timeout)
            time.sleep(GLANCE)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run(
    command: list[str], env: dict[str, str], seconds: float
) -> subprocess.CompletedProcess[str]:
    """Run a command of Python to its end, in so many seconds at most."""
    with TemporaryDirectory() as folder:
        stdout, stderr = Path(folder, "stdout"), Path(folder, "stderr")
        status = Forked(command, env, stdout, stderr).wait(seconds)
        return subprocess.CompletedProcess(command, status, stdout.read_text(), stderr.read_text())


class Forker:
    """The process that forks the programs of this one; it ends with it."""

    def __init__(self, modules: list[str]):
        self._lock, self._numbers = threading.Lock(), count(1)
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        atexit.register(self._end)
        self.ask(modules=modules)

    def ask(self, **request) -> int | None:
        """Send a request; return the response."""
        with self._lock:
            number, answered = next(self._numbers), None
            self._process.stdin.write(json.dumps(request | {"number": number}) + "\n")
            self._process.stdin.flush()
            # One whose test timed out meanwhile has left its response.
            while answered != number:
                answered, response = json.loads(self._process.stdout.readline())
            return response

    def _end(self) -> None:
        self._process.stdin.close()
        self._process.wait()


_starting = threading.Lock()


def forker() -> Forker:
    """Return the one of this process, whichever of its threads asks first."""
    with _starting:
        return _forker()


@cache
def _forker() -> Forker:
    return Forker(json.loads((shared.once("modules", _list_modules) / "modules").read_text()))


def _list_modules(folder: Path) -> None:
    from tests.support.servers import clean_environment

    listed = subprocess.check_output(
        [sys.executable, "-c", LIST], cwd=ROOT, env=clean_environment()
    )
    modules = [name for name in json.loads(listed) if not name.startswith(OWN)]
    (folder / "modules").write_text(json.dumps(modules))


# In the process that forks


def serve() -> dict | None:
    """Do what is asked, until nobody asks; in a forked process, return what to become."""
    ended: dict[int, int] = {}
    for line in sys.stdin:
        request, response = json.loads(line), None
        number = request.pop("number")
        if "modules" in request:
            load(request["modules"])
        elif "ended" in request:
            response = status_of(request["ended"], ended)
        else:
            response = os.fork()
            if response == 0:
                return request
            # The system uses a number again, after 32,768 processes by default.
            ended.pop(response, None)
        sys.stdout.write(json.dumps([number, response]) + "\n")
        sys.stdout.flush()
    return None


def load(modules: list[str]) -> None:
    for name in modules:
        with suppress(ImportError):
            import_module(name)
    # A collection in a forked process would copy all of them.
    gc.collect()
    gc.freeze()


def status_of(pid: int, ended: dict[int, int]) -> int | None:
    """Return the exit status of a process, negative for a signal; None while it runs.

    `ended` are those that were asked for before: two threads may wait for one process.
    """
    if pid not in ended:
        has_ended, status = os.waitpid(pid, os.WNOHANG)
        if has_ended:
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended.get(pid)


def become(
    command: list[str],
    env: dict[str, str],
    outputs: list[str],
    terminal: str | None,
    niceness: int,
) -> None:
    """Run a program in this process, as a new Python would."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, niceness)
    if terminal:
        os.setsid()
    os.dup2(os.open(terminal or os.devnull, os.O_RDWR | os.O_NOCTTY), 0)
    for number, path in enumerate(outputs, 1):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOCTTY
        os.dup2(os.open(path, flags, 0o644), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w", 1), open(2, "w", 1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    kind, *rest = command
    if kind == "-c":
        sys.argv = [kind, *rest[1:]]
        exec(rest[0], {"__name__": "__main__"})
    elif kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__")
    else:
        sys.argv = command
        runpy.run_path(kind, run_name="__main__")


if __name__ == "__main__":
    program = serve()
    if program:
        become(**program)
