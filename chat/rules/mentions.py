"""Where a text may mention people: `@` and a name, outside code, as people write it by hand."""

from collections.abc import Iterator
from typing import NamedTuple

import regex

from chat.rules.dialect.marks import SPACELESS
from chat.rules.dialect.parse import parse_text
from chat.rules.names import MAX_NAME, name_key

MAX_MENTIONS = 50
# A place has a candidate for each end of a word in it; of all places together, so many are tried.
MAX_CANDIDATES = 500
LETTER = r"[\p{L}\p{M}\p{N}_]"
# One that belongs to the word beside it: other scripts write words without spaces.
OF_WORD = rf"(?![{SPACELESS}]){LETTER}"
# Not inside a word, so no address of mail; a place may begin within the name at another.
PLACE = regex.compile(rf"(?<!{OF_WORD})@(?=(\S.{{0,{MAX_NAME - 1}}}))")
END = regex.compile(
    rf"(?<={LETTER})(?!{LETTER})|(?<=[^\s\p{{L}}\p{{M}}\p{{N}}_])"
    rf"|(?<=[{SPACELESS}])(?!\p{{M}})|(?<={LETTER})(?=[{SPACELESS}])(?!\p{{M}})"
)
# Not the beginning of a longer name, as of a package, a path or a host.
EVERYBODY = regex.compile(rf"(?<!{OF_WORD})@(here|room)(?![/@-]|\.?{OF_WORD})", regex.IGNORECASE)


class Candidates(NamedTuple):
    """What a text may mention: for each `@` the keys of names, the longest first; and whether it
    addresses everybody who is `here`, or in the `room`."""

    places: list[list[str]]
    everybody: str | None

    @property
    def keys(self) -> set[str]:
        """All keys of names."""
        return {key for place in self.places for key in place}


def find_candidates(text: str, is_plain: bool = False) -> Candidates:
    """Return what a text may mention; `is_plain` is one without marks."""
    parts = [text] if is_plain else list(_texts(parse_text(text)))
    everybody = [found[1].lower() for part in parts for found in EVERYBODY.finditer(part)]
    places, left = [], MAX_CANDIDATES
    for typed in (found[1] for part in parts for found in PLACE.finditer(part)):
        ends = [end.start() for end in END.finditer(typed) if end.start()][-left:]
        places.append([name_key(typed[:end]) for end in reversed(ends)])
        left -= len(ends)
        if left <= 0:
            break
    return Candidates(places, max(everybody, default=None))


def _texts(nodes: list) -> Iterator[str]:
    """Yield the texts of a message that are not code; an address is none either."""
    for node in nodes:
        if isinstance(node, str):
            yield node
        elif node["type"] == "list":
            yield from _texts_of_items(node["items"])
        elif node["type"] != "code":
            yield from _texts(node.get("children", []))


def _texts_of_items(items: list[dict]) -> Iterator[str]:
    for item in items:
        yield from _texts(item["children"])
        yield from _texts_of_items(item.get("items", []))
