"""What people and rooms may be called: names for people, slugs for addresses."""

import re
import unicodedata
from functools import lru_cache

from chat.rules.errors import ChatError

MAX_NAME = 32
MAX_SLUG = 64
MAX_ROOM_NAME = 80

# More than any name has while it is typed: decomposed, with spaces too many. Unicode's forms cost
# the square of a run of marks: for 64 KB of them everybody waited 5 s.
MAX_TYPED = 400

# Letters and marks by their category that show nothing (Unicode's Default_Ignorable_Code_Point):
# with them two names would look alike.
INVISIBLE = frozenset(
    chr(code)
    for first, last in [
        *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
        *((0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0E), (0xFFA0, 0xFFA0)),
        (0xE0100, 0xE01EF),
    ]
    for code in range(first, last + 1)
)
# Chooses the coloured form of an emoji: shown in a name, and no difference between two.
EMOJI_STYLE = "\ufe0f"
# What ends a name in a line (“Ana: hi”) or begins another kind of line (“* ”, “! ”), also with a
# number behind it (chat/consumers/lines.py).
LIKE_A_LINE = re.compile(r":( |$)|^[*!]( |$)")


def clean_name(text: str) -> str:
    """Give `text` as a person's name: NFKC, single spaces, 1 to 32 visible characters.

    Raises ChatError `name_invalid` for control, bidi and zero-width characters, so that nobody
    can look like somebody else, and for what looks like a line of the chat.
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
    """Whether a character controls, joins, reverses or hides text instead of being read."""
    category = unicodedata.category(character)
    return category[0] == "C" or category in {"Zl", "Zp"} or character in INVISIBLE


@lru_cache(10_000)
def name_key(name: str) -> str:
    """Give what two names have in common when they count as the same one.

    Remembered: whoever comes into a room is compared with everybody there.
    """
    return unicodedata.normalize("NFKC", name.casefold().replace(EMOJI_STYLE, ""))


def variant(name: str, number: int) -> str:
    """Give `name` with a number behind it, cut so that it is still a valid name."""
    suffix = f" {number}"
    stem = name[: MAX_NAME - len(suffix)].rstrip(" :")
    return (stem or "Guest") + suffix


def clean_room_name(text: str) -> str:
    """Give what a person typed for a room as its title: one line, no invisible characters."""
    visible = (" " if is_unprintable(c) else c for c in text[:MAX_TYPED])
    return " ".join("".join(visible).split())[:MAX_ROOM_NAME]


def slug_of(text: str) -> str:
    """Give the address of the room that a person calls `text`, in whatever script.

    Letters, their marks and numbers stay; everything else becomes one hyphen. Django's own
    slugify drops the vowel signs of Hindi, Thai and others. Raises ChatError `bad_request` when
    nothing is left.
    """
    typed = unicodedata.normalize("NFKC", text[:MAX_TYPED])
    folded = unicodedata.normalize("NFKC", typed.lower())
    kept = (c if unicodedata.category(c)[0] in "LMN" or c == "_" else " " for c in folded)
    slug = "-".join("".join(kept).split())[:MAX_SLUG].strip("-")
    if not slug:
        raise ChatError("bad_request", "Give the room a name with letters or numbers in it.")
    return slug
