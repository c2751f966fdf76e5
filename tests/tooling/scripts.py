"""The commands in bin/, started as by a person, in their own tree and home folder."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from tests.support.servers import ROOT
from tests.support.services import free_port
from tests.support.waiting import wait_until

INSTALL_SECONDS = 300
NETWORK = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT")


def copy_of_the_tree(folder: Path) -> Path:
    """Copy all files that git does not ignore, as in a clone; return the copy's folder."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(listing, cwd=ROOT, text=True).split("\0")
    for name in filter(lambda name: name and (ROOT / name).exists(), names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    return folder


def newcomers_environment(home: Path, **variables: str) -> dict[str, str]:
    """Return a minimal environment: HOME, a PATH without this .venv, the network's variables.

    Pip does not compile ahead what a start may never import.
    """
    venv = str(Path(sys.executable).parent)
    path = [part for part in os.environ["PATH"].split(os.pathsep) if part != venv]
    network = {k: v for k, v in os.environ.items() if k.upper().startswith(NETWORK)}
    own = {"HOME": str(home), "PATH": os.pathsep.join(path), "PIP_NO_COMPILE": "1"}
    return network | own | variables


def run(tree: Path, environment: dict[str, str], *command: str) -> subprocess.CompletedProcess:
    """Run a command of bin/ to its end, from another folder."""
    return subprocess.run(
        [tree / "bin" / command[0], *command[1:]],
        cwd="/",
        env=environment,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
    )


class Script:
    """A running command of bin/ that serves the site on its own port."""

    def __init__(
        self,
        tree: Path,
        name: str,
        environment: dict[str, str],
        *options: str,
        host: str = "127.0.0.1",
        wrapper: Sequence[str] = (),
    ):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = Path(environment["HOME"], f"{name}-{self.port}.log")
        self.command = [*wrapper, tree / "bin" / name, f"{host}:{self.port}", *options]
        self.environment = environment
        self._start()

    def _start(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd="/",
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def restart(self) -> None:
        """End the command and start it again, as a service manager does."""
        self.process.terminate()
        self.process.wait(30)
        self._start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        sys.stdout.write(self.output)
        self.process.terminate()
        self.process.wait(30)

    @property
    def output(self) -> str:
        return self.log_file.read_text(errors="replace")

    def wait_for(self, words: str, times: int = 1, seconds: float = INSTALL_SECONDS) -> None:
        """Wait until the command has printed `words` that often and the site responds."""
        self._wait(lambda: self.output.count(words) >= times, f"“{words}”", seconds)
        self._wait(self._answers, "a response", 10)

    def _wait(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        def met() -> bool:
            assert self.process.poll() is None, self.output
            return condition()

        wait_until(met, what, seconds)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.TransportError:
            return False
