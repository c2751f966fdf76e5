"""nginx with nchan, a publish and subscribe server in C, where both are installed."""

import getpass
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.load.plain import NchanMember
from bench.peers.program import HERE, Program, Target

MODULES = Path("/usr/lib/nginx/modules")


def is_installed() -> bool:
    """Return whether this machine has nginx and its module."""
    return bool(shutil.which("nginx")) and (MODULES / "ngx_nchan_module.so").exists()


@contextmanager
def nchan(undelayed: bool = False) -> Iterator[Target]:
    """Run it with one worker, with messages in its own memory.

    By default nchan leaves Nagle's algorithm on: a small frame waits for the acknowledgement of
    the one before, and the kernel then sends it in the CPU time of the receiver, here the load.
    With `undelayed` nchan sends everything at once, in its own CPU time.
    """
    with Program(nginx_undelayed if undelayed else nginx) as program:
        yield Target(program.port, program.process.pid, {}, NchanMember)


def nginx(program: Program) -> list[str]:
    """Write the configuration into the program's folder; return the command."""
    values = {"PORT": program.port, "USER": getpass.getuser(), "MODULES": MODULES}
    text = (HERE / "nchan.conf").read_text()
    for name, value in values.items():
        text = text.replace(name, str(value))
    (program.folder / "nginx.conf").write_text(text)
    return [shutil.which("nginx"), "-p", str(program.folder), "-c", "nginx.conf"]


def nginx_undelayed(program: Program) -> list[str]:
    """Return the command that opens the socket and then runs nginx."""
    opener = str(HERE / "listen_undelayed.py")
    return [sys.executable, opener, str(program.port), *nginx(program)]
