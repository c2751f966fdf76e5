"""What holds for every style sheet of the chat."""

import re

import pytest

from tests.support.servers import ROOT

SHEETS = sorted((ROOT / "static" / "chat" / "css").rglob("*.css"))
FONTS = re.compile(r"(?:font-family|--[\w-]*font[\w-]*):\s*([^;]+);")
EMOJI = ("Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji")


def font_stacks(sheet: str) -> list[str]:
    """Return what a sheet names as fonts, without what it takes from elsewhere."""
    return [fonts for fonts in FONTS.findall(sheet) if not re.match(r"(var\(|inherit\b)", fonts)]


def test_a_font_stack_is_found_wherever_it_is_named():
    sheet = "a { font-family: A, B; --code-font: C; font-family: var(--x); font: inherit; }"
    assert font_stacks(sheet) == ["A, B", "C"]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_every_font_stack_ends_with_the_emoji_of_each_system(sheet):
    """Not every system finds its own emoji font where none is named."""
    for fonts in font_stacks(sheet.read_text()):
        assert [name.strip(' "') for name in fonts.split(",")[-3:]] == list(EMOJI)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_means_the_same_without_its_spaces(sheet):
    """Within a block such as `@layer` rcssmin takes `.a :is(.b)` for a declaration, and makes
    `.a:is(.b)` of it, which is something else; `.a *:is(.b)` it keeps."""
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert re.findall(r"[^\s,>+~{;(] :[a-z].*", rules) == []
