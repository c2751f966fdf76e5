"""Where the two invisible joiners belong: they shape letters, and make one emoji of several."""

import unicodedata

import emoji
import idna

NON_JOINER = "\u200c"
JOINER = "\u200d"
JOINERS = NON_JOINER + JOINER


def placed_joiners(text: str) -> set[int]:
    """Return the positions of the joiners in `text` that change how it is written.

    Between letters by RFC 5892, A.1 and A.2, and UTS 39, 3.1.1; in an emoji where Unicode lists
    the whole sequence. Anywhere else a joiner shows nothing: with it two names would look alike.
    """
    if JOINER not in text and NON_JOINER not in text:
        return set()
    placed = {i for i, c in enumerate(text) if c in JOINERS and _shapes_letters(text, i)}
    for found in emoji.emoji_list(text):
        places = range(found["match_start"], found["match_end"])
        placed.update(i for i in places if text[i] == JOINER)
    return placed


def without_idle_joiners(text: str) -> str:
    """Return a text without the joiners that change nothing in how it is written."""
    former = None
    # Without one of two, the other may have nothing to join.
    while former != text:
        former, placed = text, placed_joiners(text)
        text = "".join(c for i, c in enumerate(text) if c not in JOINERS or i in placed)
    return text


def _shapes_letters(text: str, position: int) -> bool:
    following = text[position + 1 : position + 2]
    category = unicodedata.category(following) if following else ""
    if text[position] == NON_JOINER and category[:1] != "L":
        return False
    # A vowel sign would attach to what stands before the joiner, as it does without one.
    if text[position] == JOINER and category[:1] == "M":
        return False
    try:
        return idna.core.valid_contextj(text, position)
    except (ValueError, idna.IDNAError):
        # A neighbour that has no name in this version of Unicode.
        return False
