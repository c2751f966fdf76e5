"""The static files as production serves them: one hashed module for each page."""

import json
import re
from pathlib import Path

import pytest

from chatsite.storage import CLASSIC, PAGES
from tests.support.servers import ROOT, prepared

IMPORT = re.compile(r"""(?:^|\s|\})(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
# Imports in comments are for editors; a browser ignores them.
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MODULE = re.compile(r"""<script type="module" src="{% static '([^']+)' %}">""")
TEMPLATES = ROOT / "templates"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture(scope="module")
def served() -> list[Path]:
    """Return the chat's own static files, collected as bin/serve does."""
    static = prepared() / "static"
    names = json.loads((static / "staticfiles.json").read_text())["paths"].values()
    return [static / name for name in names if name.startswith("chat/")]


def test_each_page_loads_one_module_with_a_hashed_name(served):
    scripts = [path for path in served if path.suffix == ".js"]
    classic = {Path(name).name for name in CLASSIC}
    modules = [path for path in scripts if HASHED.sub(".js", path.name) not in classic]
    pages = {tag for page in TEMPLATES.rglob("*.html") for tag in MODULE.findall(page.read_text())}
    assert pages == set(PAGES)
    assert {HASHED.sub(".js", path.name) for path in modules} == {Path(page).name for page in pages}
    imports = [(path.name, IMPORT.findall(COMMENT.sub("", path.read_text()))) for path in modules]
    assert imports == [(path.name, []) for path in modules]


def test_large_files_are_available_compressed(served):
    large = [p for p in served if p.suffix in (".js", ".css") and p.stat().st_size > 2000]
    assert large
    assert all(path.with_name(f"{path.name}.gz").exists() for path in large)
