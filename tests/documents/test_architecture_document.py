"""docs/architecture.md names files, functions and terms that exist in the code."""

import re
from functools import cache
from pathlib import Path

import pytest

from chat.cluster import hints
from tests import test_javascript
from tests.support.servers import ROOT

DOCUMENT = (ROOT / "docs" / "architecture.md").read_text()
MOST_TERMS = 20

PYTHON = r"^ *(?:async )?def {name}\("


def section(title: str) -> str:
    return DOCUMENT.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of a section's table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


PATH = [
    (names(files), names(functions), functions)
    for _, files, functions, _ in rows("The path of a message")
]


@cache
def sources() -> dict[str, str]:
    found = [path for folder in ("chat", "chatsite") for path in (ROOT / folder).rglob("*.py")]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in found}


def definitions(name: str, suffix: str) -> list[str]:
    """Return the file of each definition of a function."""
    if suffix == ".js":
        return [f"static/chat/{path}" for path in test_javascript.definitions(name)]
    defined = re.compile(PYTHON.format(name=re.escape(name)), re.MULTILINE)
    return [path for path, text in sources().items() for _ in defined.findall(text)]


@pytest.mark.parametrize(("files", "functions", "cell"), PATH, ids=lambda value: str(value)[:60])
def test_each_step_of_a_messages_path_has_one_definition(files, functions, cell):
    for name in functions:
        defined = definitions(name, Path(files[0]).suffix)
        # Those in parentheses have several definitions.
        several = re.search(rf"\([^)]*`{name}`", cell)
        assert set(files) <= set(defined) if several else defined in ([file] for file in files), (
            name
        )


def test_the_path_of_a_message_is_complete():
    """Check that it leads from the composer to the database and to another person's page."""
    passed = [file for files, _, _ in PATH for file in files]
    assert passed[0].startswith("static/chat/page/")
    assert {"chat/log/append.py", "chat/live/stream.py"} < set(passed)
    assert passed[-1].startswith("static/chat/page/")


def test_every_file_and_folder_that_is_named_exists():
    places = re.findall(r"`((?:chat|chatsite|static|tests|bin)/[\w./-]*)`", DOCUMENT)
    assert places
    assert not [place for place in places if not (ROOT / place).exists()]


def test_every_package_is_described():
    described = {name.rstrip("/") for cell, _ in rows("The packages") for name in names(cell)}
    packages = {path.name for path in (ROOT / "chat").iterdir() if (path / "__init__.py").exists()}
    assert described == packages - {"migrations"}


def test_the_glossary_has_the_core_terms_and_at_most_twenty():
    terms = {term for cell, _, _ in rows("Glossary") for term in re.findall(r"\*(\w+)\*", cell)}
    assert len(rows("Glossary")) <= MOST_TERMS
    core = {"hint", "feed", "stream", "follower", "committer", "version", "seq", "epoch"}
    assert core <= terms


def test_paragraphs_are_short():
    blocks = re.split(r"\n\s*\n", re.sub(r"```.*?```", "", DOCUMENT, flags=re.DOTALL))
    long = [block[:60] for block in blocks if len(block) > 900 and not block.startswith(("|", "-"))]
    assert not long


def test_the_hint_that_is_named_exists():
    assert re.search(r"`(\w+)` hint", section("The path of a message"))[1] in hints.KINDS
