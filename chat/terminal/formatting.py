"""Messages as they are formatted (docs/formatting.md), for a terminal."""

from collections.abc import Iterable, Iterator

from chat.rules.dialect.parse import parse_text
from chat.rules.dialect.plain import sign_of
from chat.rules.text import INDENT, terminal_text

# A style of prompt_toolkit, and the text that has it.
Fragment = tuple[str, str]
Line = list[Fragment]

STYLES = {"strong": "bold", "emphasis": "italic", "strike": "strike"}
CODE, LINK, ASIDE = "ansicyan", "underline", "ansibrightblack"


def formatted(text: str) -> list[Fragment]:
    """Return a message in fragments; its lines but the first are indented, as `terminal_text`'s."""
    fragments: list[Fragment] = []
    for line in lines_of_blocks(parse_text(text)):
        if fragments:
            fragments.append(("", f"\n{INDENT}"))
        fragments += [(style, terminal_text(piece)) for style, piece in line]
    return fragments


def lines_of_blocks(blocks: Iterable[dict]) -> list[Line]:
    return [line for block in blocks for line in lines_of_block(block)]


def lines_of_block(block: dict) -> list[Line]:
    if block["type"] == "code":
        return [[(CODE, line)] for line in block["text"].split("\n")]
    if block["type"] == "quote":
        return [[(ASIDE, "> "), *line] for line in lines_of_blocks(block["children"])]
    if block["type"] == "list":
        return [line for item in block["items"] for line in lines_of_item(item)]
    return lines_of(block["children"])


def lines_of_item(item: dict) -> list[Line]:
    first, *more = lines_of(item["children"])
    nested = [line for each in item.get("items", ()) for line in lines_of_item(each)]
    marker = ("", f"{sign_of(item)} ")
    return [[marker, *first], *([("", INDENT), *line] for line in [*more, *nested])]


def lines_of(children: list) -> list[Line]:
    """Return texts and objects in lines."""
    lines: list[Line] = [[]]
    for style, text in fragments_of(children, ""):
        first, *more = text.split("\n")
        lines[-1].append((style, first))
        lines += [[(style, each)] for each in more]
    return lines


def fragments_of(children: list, style: str) -> Iterator[Fragment]:
    for child in children:
        if isinstance(child, str):
            yield style, child
        elif child["type"] == "code":
            yield f"{style} {CODE}".strip(), child["text"]
        elif child["type"] == "link":
            yield from link_fragments(child, style)
        else:
            yield from fragments_of(child["children"], f"{style} {STYLES[child['type']]}".strip())


def link_fragments(link: dict, style: str) -> Iterator[Fragment]:
    """Yield a link; where it has a text of its own, its address is behind it."""
    linked, address = f"{style} {LINK}".strip(), link["address"]
    children = link.get("children", [address])
    yield from fragments_of(children, linked)
    if children != [address]:
        yield ASIDE, f" ({address})"
