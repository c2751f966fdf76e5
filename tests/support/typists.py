"""People who use `manage.py chat`: in a pseudo-terminal, or through a pipe."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pyte

from tests.support.forked import Forked
from tests.support.servers import ROOT, Server
from tests.support.waiting import wait_until

DEADLINE = 20.0
# Where `termios.tcgetattr` has the flags with ICANON.
LOCAL_FLAGS = 3
ROWS, COLUMNS = 40, 120


class Display(pyte.HistoryScreen):
    """The screen of a terminal; it responds to the queries of programs."""

    def __init__(self, master: int):
        super().__init__(COLUMNS, ROWS, history=1000)
        self._master = master

    def write_process_input(self, data: str) -> None:
        os.write(self._master, data.encode())

    @property
    def text(self) -> str:
        """Return all lines, including those scrolled out at the top."""
        gone = ("".join(line[x].data for x in range(COLUMNS)) for line in self.history.top)
        return "\n".join(line.rstrip() for line in (*gone, *self.display))


def command(server: Server, room: str, *options: str) -> list[str]:
    return [sys.executable, "manage.py", "chat", room, "--url", server.url, *options]


def piped(server: Server, text: str, room: str, *options: str) -> subprocess.CompletedProcess:
    """Run the command to its end, with `text` as standard input."""
    return subprocess.run(
        command(server, room, *options),
        cwd=ROOT,
        env=server.environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )


class Typist:
    """A person at a terminal: types, and reads what it shows."""

    def __init__(self, server: Server, room: str, *options: str):
        # The end that the command opens is kept open here too: before it does there is nothing to
        # read, which would be an error.
        self.master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        terminal = Path(os.ttyname(self._slave))
        self.process = Forked(
            command(server, room, *options),
            server.environment | {"TERM": "linux"},
            stdout=terminal,
            stderr=terminal,
            terminal=terminal,
        )
        self._display = Display(self.master)
        self._stream = pyte.ByteStream(self._display)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()
        os.close(self._slave)
        os.close(self.master)

    @property
    def shown(self) -> str:
        return self._display.text

    def types(self, text: str) -> None:
        """Type a line and press Enter."""
        os.write(self.master, f"{text}\r".encode())

    def ends_input(self) -> None:
        """Press Control-D where a whole line is read."""
        os.write(self.master, b"\x04")

    def presses_control(self, letter: str) -> None:
        # While a message is printed, the terminal itself takes such keys, and may lose them.
        wait_until(self._reads_keys, "the prompt")
        os.write(self.master, bytes([ord(letter) - ord("a") + 1]))

    def sees(self, text: str, after: str = "") -> None:
        """Wait until the terminal has shown a text; `after` another, where that is given."""
        deadline = time.monotonic() + DEADLINE
        while text not in (self.shown.partition(after)[2] if after else self.shown):
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self.master], [], [], max(0, left))
            assert ready, f"“{text}” was not shown, only:\n{self.shown}"
            self._read()

    def leaves(self) -> int:
        """Wait for the command's end; return its status."""
        wait_until(self._has_ended, "the command's end", DEADLINE)
        return self.process.returncode

    def _has_ended(self) -> bool:
        has_ended = self.process.poll() is not None
        self._read_all()
        return has_ended

    def _reads_keys(self) -> bool:
        self._read_all()
        return not termios.tcgetattr(self.master)[LOCAL_FLAGS] & termios.ICANON

    def _read_all(self) -> None:
        while select.select([self.master], [], [], 0)[0]:
            self._read()

    def _read(self) -> None:
        self._stream.feed(os.read(self.master, 65536))
