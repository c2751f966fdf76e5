"""The static files as production serves them: every module under the name of its content."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from chatsite.storage import PAGES
from tests.support.servers import ROOT, clean_environment

IMPORT = re.compile(r"""(?:^|\s|\})(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
# An editor reads the imports in comments, a browser does not.
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
MODULE = re.compile(r"""<script type="module" src="{% static '([^']+)' %}">""")
TEMPLATES = ROOT / "templates"
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


@pytest.fixture(scope="module")
def served(data_dir) -> list[Path]:
    """Collect the static files as bin/serve does; return the chat's own."""
    static = Path(data_dir, "static")
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        cwd=ROOT,
        env=clean_environment(DEBUG="off", DATA_DIR=data_dir),
        check=True,
    )
    names = json.loads((static / "staticfiles.json").read_text())["paths"].values()
    return [static / name for name in names if name.startswith("chat/")]


def test_what_a_page_needs_is_one_file_under_the_name_of_its_content(served):
    modules = [path for path in served if path.suffix == ".js"]
    pages = {tag for page in TEMPLATES.rglob("*.html") for tag in MODULE.findall(page.read_text())}
    assert pages == set(PAGES)
    assert {HASHED.sub(".js", path.name) for path in modules} == {Path(page).name for page in pages}
    imports = [(path.name, IMPORT.findall(COMMENT.sub("", path.read_text()))) for path in modules]
    assert imports == [(path.name, []) for path in modules]


def test_what_a_browser_loads_is_there_compressed(served):
    large = [p for p in served if p.suffix in (".js", ".css") and p.stat().st_size > 2000]
    assert large
    assert all(path.with_name(f"{path.name}.gz").exists() for path in large)
