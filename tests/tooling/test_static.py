"""The static files as production serves them: a hashed module and style sheet for each page."""

import json
import re
from pathlib import Path

import pytest

from chatsite.storage import CLASSIC, LATER, PAGES, SHEETS, link_sheet
from tests.support.servers import ROOT, prepared

IMPORT = re.compile(r"""(?:^|\s|\})(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
# Imports in comments are for editors; a browser ignores them.
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SHEET = re.compile(r"""{% static ['"](chat/css/[^'"]+)['"] %}""")
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
    later = {Path(name).name for names in LATER.values() for name in names}
    names = {Path(page).name for page in pages}
    assert {HASHED.sub(".js", path.name) for path in modules} == names | later
    imports = {
        HASHED.sub(".js", path.name): IMPORT.findall(COMMENT.sub("", path.read_text()))
        for path in modules
    }
    assert not [name for name in names if imports[name]]
    # What is loaded later takes the rest from the page's own module.
    assert all(len(imports[name]) == 1 and "room." in imports[name][0] for name in later)


def test_each_page_loads_one_style_sheet_that_imports_nothing(served):
    pages = [page for page in TEMPLATES.rglob("*.html") if page.parent.name != "admin"]
    sheets = {tag for page in pages for tag in SHEET.findall(page.read_text())}
    assert sheets == set(SHEETS)
    linked = {
        HASHED.sub(".css", path.name): path.read_text()
        for path in served
        if path.parent.name == "pages"
    }
    assert linked.keys() == {Path(sheet).name for sheet in sheets}
    assert not [name for name, content in linked.items() if "@import" in content]
    for name in ("tokens", "base", "header", "composer", "ending"):
        source = link_sheet(ROOT / f"static/chat/css/{name}.css")
        assert source in linked["room.css"]


def test_sheets_are_linked_in_order_with_their_media(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages/a.css").write_text(
        '@import "b.css";\n@import "../c.css" print;\na { top: 0; }\n'
    )
    (tmp_path / "pages/b.css").write_text('/* Why. */\nb { content: "/*"; }\n/*\n * x\n */\n')
    (tmp_path / "c.css").write_text("@page {\n}\nc {\n  /* Why. */\n  top: 0;\n}\n")
    assert link_sheet(tmp_path / "pages/a.css") == (
        'b { content: "/*"; }\n@media print {\n@page {\n}\nc {\n  top: 0;\n}\n}\na { top: 0; }\n'
    )


def test_large_files_are_available_compressed(served):
    large = [p for p in served if p.suffix in (".js", ".css") and p.stat().st_size > 2000]
    assert large
    assert all(path.with_name(f"{path.name}.gz").exists() for path in large)
