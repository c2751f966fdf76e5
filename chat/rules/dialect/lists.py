"""Lists, and lists in their items."""

import re
from typing import NamedTuple

from chat.rules.dialect.lines import is_blank, parse_lines

ITEM = re.compile(r"([ \t]*)([-*]|[0-9]{1,9}[.)])[ \t]+([^ \t].*)", re.DOTALL)
CONTINUED = re.compile(r"(?: {2}|\t)[ \t]*([^ \t].*)", re.DOTALL)
FENCE_OR_QUOTE = re.compile(r"[ \t]*(?:```|>(?: |$))")
DEEPEST = 4


class Item(NamedTuple):
    indent: int
    marker: str
    lines: list[str]


class Level(NamedTuple):
    indent: int
    items: list[dict]


def parse_list(lines: list[str], index: int) -> tuple[dict, int] | None:
    """Return the list that begins at a line, and the line after its end."""
    found: list[Item] = []
    end = index
    while end < len(lines):
        if item := item_of(lines[end]):
            found.append(item)
        elif found and (more := continuation_of(lines[end])):
            found[-1].lines.append(more)
        else:
            break
        end += 1
    return ({"type": "list", "items": nested(found)}, end) if found else None


def item_of(line: str) -> Item | None:
    match = ITEM.fullmatch(line)
    return match and Item(len(match[1].replace("\t", "    ")), match[2], [match[3]])


def continuation_of(line: str) -> str | None:
    """Return what a line adds to the item above it."""
    if is_blank(line) or FENCE_OR_QUOTE.match(line):
        return None
    match = CONTINUED.fullmatch(line)
    return match and match[1]


def nested(found: list[Item]) -> list[dict]:
    """Return items in their places: those that are indented further belong to the one above."""
    levels = [Level(found[0].indent, [])]
    for indent, marker, lines in found:
        while len(levels) > 1 and indent < levels[-1].indent:
            levels.pop()
        above = levels[-1]
        if above.items and indent >= above.indent + 2 and len(levels) < DEEPEST:
            levels.append(Level(indent, above.items[-1].setdefault("items", [])))
        levels[-1].items.append({"marker": marker, "children": parse_lines(lines)})
    return levels[0].items
