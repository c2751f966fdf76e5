"""What counts as one emoji, and the one form in which it is stored."""

from functools import cache

import emoji
import regex
from django.utils.translation import gettext as _

from chat.rules.errors import ChatError

# U+FE0F asks for a picture: keyboards add it or leave it out, and people see no difference.
PICTURE = "\ufe0f"
JOINER = "\u200d"
# Systems draw these as one beside Unicode's list: up to four people, as a family has there, in any
# skin tones; and the cats of Windows. Others are drawn beside each other, and are several emoji.
PERSON = "[👦👧👨👩👶🧑🧒][🏻-🏿]?"
JOINED = regex.compile(rf"{PERSON}(?:{JOINER}{PERSON}){{1,3}}|🐱{JOINER}[🏍🐉👓👤💻🚀]")


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
    bare = text.replace(PICTURE, "")
    if not JOINED.fullmatch(bare):
        return None
    return JOINER.join(_listed()[part] for part in bare.split(JOINER))
