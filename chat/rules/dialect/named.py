"""Links with a text of their own, which must not be read as another address."""

import re

import regex

from chat.rules.dialect.addresses import end_of_address, host_of, may_link
from chat.rules.dialect.marks import Child, MarkRun, resolve_marks

NAMED = re.compile(r"\([Hh][Tt]{2}[Pp][Ss]?://")
SEEN = regex.compile(r"[^\p{White_Space}\p{Cc}\p{Cf}\p{DI}]")
UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{DI}]")
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Full stops, and what looks like one by UTS 39 or NFKC, also behind a digit ("⒈").
DOT = (
    r"[.\u00B7\u02D1\u0387\u0660\u06D4\u06F0\u0701\u0702\u0830\u0A76\u1427\u16EB\u2022\u2024\u2027"
    r"\u2219\u22C5\u2488-\u249B\u2E31\u2E33\u3002\u30FB\u33C2\u33C7\u33D8\uA4F8\uA4FB\uA4FE\uA60E"
    r"\uA78F\uABEC\uFE12\uFE52\uFF0E\uFF61\uFF65\U00010101\U0001091F\U00010A50\U00011174\U000111C7"
    r"\U000115C4\U000116B9\U00012562\U0001D16D\U0001ECAE\U0001F100]"
)
GAP = r"[\p{White_Space}\u2800]"
# A mark on a space is a dot too. Behind a dot only a common space ends a sentence.
ADDRESS_LIKE = regex.compile(
    r"[:\u2236\uA789\uFE55\uFF1A][/\u2044\u2215\u29F8\uFF0F]"
    rf"|[^\p{{White_Space}}]{GAP}*(?:{DOT}|(?<={GAP})\p{{M}})(?:(?! |{DOT})(?:{GAP}|\p{{M}}))*"
    r"(?:[\p{L}\p{N}|]|(?![ -~]|\p{Extended_Pictographic})\p{S})"
)
ASCII = re.compile(r"[!-~]+")


def named_address_at(line: str, index: int) -> str | None:
    """Return the address in brackets at `index`, as behind the text of a link."""
    match = NAMED.match(line, index)
    if not match:
        return None
    end = end_of_address(line, match.end())
    address = line[index + 1 : end]
    is_closed = end > match.end() and line[end : end + 1] == ")"
    return address if is_closed and may_link(line, index + 1, address) else None


def named_link(tokens: list[Child | MarkRun], address: str) -> dict | None:
    """Return the link that these tokens are the text of; None where there is nothing to see."""
    flat = [token.get("address", token) if type(token) is dict else token for token in tokens]
    text = "".join(map(text_of, flat))
    if not SEEN.search(text):
        return None
    link = {"type": "link", "address": address, "children": resolve_marks(flat)}
    # A mark in pairs is not seen; struck words are, and read as if they were not there.
    readings = (text, shown_text(link["children"]))
    return link | {"showsHost": True} if is_deceptive(readings, address) else link


def text_of(token: Child | MarkRun) -> str:
    if isinstance(token, str):
        return token
    return token["text"] if isinstance(token, dict) else token.text


def shown_text(children: list[Child]) -> str:
    return "".join(
        text_of(child)
        if type(child) is str or child["type"] == "code"
        else shown_text(child["children"])
        for child in children
    )


def is_deceptive(readings: tuple[str, ...], address: str) -> bool:
    """Return whether a text could be read as another address than the one that it opens."""
    return any(map(is_like_address, readings)) and not all(
        ASCII.fullmatch(text) and host_of(text) == host_of(address) for text in readings
    )


def is_like_address(text: str) -> bool:
    return bool(TURNS.search(text) or ADDRESS_LIKE.search(UNSEEN.sub("", text)))
