"""Valid names of people and rooms, and the slugs of rooms."""

import re
import unicodedata
from functools import lru_cache

from chat.rules.errors import ChatError

MAX_NAME = 32
MAX_SLUG = 64
MAX_ROOM_NAME = 80

# Longer than any name as it is typed, decomposed and with extra spaces. Normalization takes time in
# the square of a run of combining marks: for 64 KB of them the server stood still for 5 s.
MAX_TYPED = 400

# Letters and marks, by category, that are invisible (Unicode's Default_Ignorable_Code_Point): with
# them two different names would look the same.
INVISIBLE = frozenset(
    chr(code)
    for first, last in [
        *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
        *((0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0E), (0xFFA0, 0xFFA0)),
        (0xE0100, 0xE01EF),
    ]
    for code in range(first, last + 1)
)
# Selects the coloured form of an emoji: kept in a name, ignored when names are compared.
EMOJI_STYLE = "\ufe0f"
# What ends a name in a line (“Ana: hi”) or begins another kind of line (“* ”, “! ”), also before a
# number that `variant` appends (chat/consumers/lines.py).
LIKE_A_LINE = re.compile(r":( |$)|^[*!]( |$)")


def clean_name(text: str) -> str:
    """Return `text` as a person's name: NFKC, single spaces, 1 to 32 visible characters.

    Raises ChatError `name_invalid` for control, bidi and zero-width characters, so that nobody
    can pose as somebody else, and for what looks like a line of the chat.
    """
    typed = unicodedata.normalize("NFKC", text[:MAX_TYPED])
    name = re.sub(" +", " ", typed).strip(" ")
    if not 1 <= len(name) <= MAX_NAME or len(text) > MAX_TYPED:
        raise ChatError("name_invalid", f"A name has 1 to {MAX_NAME} characters: choose another.")
    if any(is_unprintable(character) for character in name):
        raise ChatError(
            "name_invalid", "A name cannot have invisible or control characters: type it plainly."
        )
    if LIKE_A_LINE.search(name):
        raise ChatError(
            "name_invalid", "A name cannot look like a line of the chat: choose another."
        )
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise ChatError(
            "name_invalid", "A name needs a character that can be seen: choose another."
        )
    return name


def is_unprintable(character: str) -> bool:
    """Return whether a character controls, joins, reverses or hides text."""
    category = unicodedata.category(character)
    return category[0] == "C" or category in {"Zl", "Zp"} or character in INVISIBLE


@lru_cache(10_000)
def name_key(name: str) -> str:
    """Return the key of a name; two names with one key count as the same.

    Cached: a person who joins a room is compared with everybody there.
    """
    return unicodedata.normalize("NFKC", name.casefold().replace(EMOJI_STYLE, ""))


def variant(name: str, number: int) -> str:
    """Return `name` with a number appended, shortened so that the result is a valid name."""
    suffix = f" {number}"
    stem = name[: MAX_NAME - len(suffix)].rstrip(" :")
    return (stem or "Guest") + suffix


def clean_room_name(text: str) -> str:
    """Return a room's name from what was typed: one line, no invisible characters."""
    visible = (" " if is_unprintable(c) else c for c in text[:MAX_TYPED])
    return " ".join("".join(visible).split())[:MAX_ROOM_NAME]


def slug_of(text: str) -> str:
    """Return the slug of the room that a person calls `text`, in any script.

    Letters, marks and numbers are kept; everything else becomes one hyphen. Django's slugify
    drops the vowel signs of Hindi, Thai and others. Raises ChatError `bad_request` when nothing
    is left.
    """
    typed = unicodedata.normalize("NFKC", text[:MAX_TYPED])
    folded = unicodedata.normalize("NFKC", typed.lower())
    kept = (c if unicodedata.category(c)[0] in "LMN" or c == "_" else " " for c in folded)
    slug = "-".join("".join(kept).split())[:MAX_SLUG].strip("-")
    if not slug:
        raise ChatError("bad_request", "Give the room a name with letters or numbers in it.")
    return slug
