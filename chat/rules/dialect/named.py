"""Links with a text of their own, which must not be read as another address."""

import re

import regex

from chat.rules.dialect.addresses import end_of_address, host_of, may_link
from chat.rules.dialect.marks import Child, MarkRun, resolve_marks

NAMED = re.compile(r"\([Hh][Tt]{2}[Pp][Ss]?://")
SEEN = regex.compile(r"[^\p{White_Space}\p{Cc}\p{Cf}\p{DI}]")
UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{DI}]")
TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Full stops, and what looks like one.
DOT = r"[.\u00B7\u0660\u06D4\u0701\u0702\u2024\u2027\u2219\u22C5\u3002\uA4F8\uA60E\uFF0E\uFF61]"
ADDRESS_LIKE = regex.compile(rf":/|[^\p{{White_Space}}]\p{{White_Space}}*{DOT}[\p{{L}}\p{{N}}]")
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
    return link | {"showsHost": True} if is_deceptive(text, address) else link


def text_of(token: Child | MarkRun) -> str:
    if isinstance(token, str):
        return token
    return token["text"] if isinstance(token, dict) else token.text


def is_deceptive(text: str, address: str) -> bool:
    """Return whether a text could be read as another address than the one that it opens."""
    is_like_address = TURNS.search(text) or ADDRESS_LIKE.search(UNSEEN.sub("", text))
    is_same = ASCII.fullmatch(text) and host_of(text) == host_of(address)
    return bool(is_like_address) and not is_same
