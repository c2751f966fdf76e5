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
    """Tell whether this machine has nginx and its module."""
    return bool(shutil.which("nginx")) and (MODULES / "ngx_nchan_module.so").exists()


@contextmanager
def nchan(undelayed: bool = False) -> Iterator[Target]:
    """Run it with one worker, keeping messages in its own memory.

    As it comes, nchan leaves Nagle's algorithm on: a small frame waits for the acknowledgement of
    the one before, and is then sent by the kernel in the time of whoever acknowledged, here the
    load. `undelayed` has nchan send, and pay for, everything at once.
    """
    with Program(nginx_undelayed if undelayed else nginx) as program:
        yield Target(program.port, program.process.pid, {}, NchanMember)


def nginx(program: Program) -> list[str]:
    """Write the configuration into the program's folder and give the command."""
    values = {"PORT": program.port, "USER": getpass.getuser(), "MODULES": MODULES}
    text = (HERE / "nchan.conf").read_text()
    for name, value in values.items():
        text = text.replace(name, str(value))
    (program.folder / "nginx.conf").write_text(text)
    return [shutil.which("nginx"), "-p", str(program.folder), "-c", "nginx.conf"]


def nginx_undelayed(program: Program) -> list[str]:
    """Give the command that first opens the socket for nginx."""
    opener = str(HERE / "listen_undelayed.py")
    return [sys.executable, opener, str(program.port), *nginx(program)]
