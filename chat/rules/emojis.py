"""What counts as one emoji, and the one form in which it is stored."""

from functools import cache

import emoji
from django.utils.translation import gettext as _

from chat.rules.errors import ChatError

# U+FE0F asks for a picture: keyboards add it or leave it out, and people see no difference.
PICTURE = "\ufe0f"
JOINER = "\u200d"
# Flags are two of these, keycaps begin in ASCII: neither is part of a longer emoji.
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
# The longest sequence in Unicode's list has four parts, those of the families that it left out
# have more.
MAX_PARTS = 8


def clean_emoji(text: str) -> str:
    """Return an emoji in Unicode's own form, the same for all ways to write it.

    Raises ChatError `bad_request` for what is not one emoji.
    """
    if cleaned := _listed().get(text.replace(PICTURE, "")) or _joined(text):
        return cleaned
    raise ChatError("bad_request", _("This is not one emoji. Choose one."))


@cache
def _listed() -> dict[str, str]:
    """Return the emoji of Unicode's list by their text without U+FE0F.

    Parts alone, such as a skin tone, are not among them.
    """
    complete = emoji.STATUS["fully_qualified"]
    return {
        text.replace(PICTURE, ""): text
        for text, entry in emoji.EMOJI_DATA.items()
        if entry["status"] == complete
    }


def _joined(text: str) -> str | None:
    """Return several emoji that are joined to one, as some systems have them beside the list."""
    parts = text.replace(PICTURE, "").split(JOINER, MAX_PARTS)
    cleaned = [_listed().get(part) for part in parts if _may_be_joined(part)]
    if len(parts) in range(2, MAX_PARTS + 1) and len(cleaned) == len(parts) and all(cleaned):
        return JOINER.join(cleaned)
    return None


def _may_be_joined(part: str) -> bool:
    return part[:1] > "\x7f" and ord(part[0]) not in FLAG_LETTERS
