"""Another website, on a separate origin, which serves a folder of files."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

from tests.support.services import free_port
from tests.support.waiting import wait_until


class Website:
    """A folder that Python's own HTTP server serves inside `with`."""

    def __init__(self, folder: Path):
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.command = [sys.executable, "-m", "http.server", str(port), "--directory", str(folder)]

    def __enter__(self):
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self.command, stdout=quiet, stderr=quiet)
        wait_until(self._answers, "the other website's start")
        return self

    def __exit__(self, *exception):
        self._process.kill()
        self._process.wait()

    def _answers(self) -> bool:
        with suppress(OSError), urlopen(self.url):
            return True
        return False
