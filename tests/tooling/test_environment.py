"""The environment that the commands in bin/ install: what makes it anew."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.servers import ROOT

STUB = """#!/bin/sh
case $1 in
    --version) cat "$(dirname "$0")/version" ;;
    -m) echo "$@" >>"$(dirname "$0")/calls" ;;
    -c) [ -e "$(dirname "$0")/pip" ] ;;
esac
"""


class Tree:
    """A folder with what installs the environment, and a Python that only notes its calls."""

    def __init__(self, folder: Path):
        self.script = folder / "bin/lib/environment.sh"
        self.bin = folder / ".venv/bin"
        self.requirements = folder / "requirements.txt"
        for parent in (self.script.parent, self.bin):
            parent.mkdir(parents=True)
        shutil.copy2(ROOT / "bin/lib/environment.sh", self.script)
        (self.bin / "python").write_text(STUB)
        (self.bin / "python").chmod(0o755)
        (self.bin / "pip").touch()
        self.requirements.write_text("django\n")
        self.be("Python 3.11.7")

    def be(self, version: str) -> None:
        (self.bin / "version").write_text(version)

    def ensure(self, **variables: str) -> int:
        """Provide the environment; return how often packages were installed so far."""
        command = f"source {self.script} && ensure_environment requirements.txt"
        environment = os.environ | variables
        subprocess.run(["bash", "-euo", "pipefail", "-c", command], check=True, env=environment)
        return len((self.bin / "calls").read_text().splitlines())


@pytest.fixture
def tree(tmp_path) -> Tree:
    return Tree(tmp_path)


def test_packages_are_installed_once(tree):
    assert [tree.ensure(), tree.ensure()] == [1, 1]


def test_other_requirements_are_installed(tree):
    tree.ensure()
    tree.requirements.write_text("django\nchannels\n")
    assert [tree.ensure(), tree.ensure()] == [2, 2]


def test_another_python_gets_the_packages_that_it_needs(tree):
    tree.ensure()
    tree.be("Python 3.11.2")
    assert [tree.ensure(), tree.ensure()] == [2, 2]


def test_an_environment_of_another_minor_version_is_made_anew(tree, tmp_path):
    tree.ensure()
    (tree.bin / "pip").unlink()
    made = tmp_path / "python3"
    made.write_text(f'#!/bin/sh\n[ "$1" != -m ] || touch {tree.bin}/pip\n')
    made.chmod(0o755)
    tree.be("Python 3.12.1")
    assert tree.ensure(PYTHON=str(made)) == 2
