"""The lines of a paragraph, or of an item of a list."""

import re

from chat.rules.dialect.inline import parse_inline
from chat.rules.dialect.marks import Child

# A backslash before what would begin a block.
ESCAPED = re.compile(r"[ \t]*(?:\\(?=>(?: |$)|- )|[0-9]{1,9}\\(?=[.)] ))")


def parse_lines(lines: list[str]) -> list[Child]:
    """Return the children of some lines: a mark is closed in its own line."""
    return parse_inline("\n".join(without_escape(line) if "\\" in line else line for line in lines))


def without_escape(line: str) -> str:
    escaped = ESCAPED.match(line)
    return line[: escaped.end() - 1] + line[escaped.end() :] if escaped else line


def is_blank(line: str) -> bool:
    """Return whether a line is nothing but spaces and tabs."""
    return not line.strip(" \t")
