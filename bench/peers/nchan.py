"""nginx with nchan, a publish and subscribe server in C, where both are installed."""

import getpass
import shutil
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
def nchan() -> Iterator[Target]:
    """Run it with one worker, keeping messages in its own memory."""
    with Program(nginx) as program:
        yield Target(program.port, program.process.pid, {}, NchanMember)


def nginx(program: Program) -> list[str]:
    """Write the configuration into the program's folder and give the command."""
    values = {"PORT": program.port, "USER": getpass.getuser(), "MODULES": MODULES}
    text = (HERE / "nchan.conf").read_text()
    for name, value in values.items():
        text = text.replace(name, str(value))
    (program.folder / "nginx.conf").write_text(text)
    return [shutil.which("nginx"), "-p", str(program.folder), "-c", "nginx.conf"]
