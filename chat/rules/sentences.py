"""People's names in sentences about them: “Ana has left”."""

import re

# What these sentences say of people, and what ends a sentence, or a part of one, before the next.
SAYING = re.compile(
    r"\b(?:joined|left|connected|disconnected|deleted)\b|[.!?…;,؟،؛\u06d4।]\W*\s|[。、]",
    re.IGNORECASE,
)
INNER_QUOTES = str.maketrans('“”„"', "\u2018\u2019\u201a'")


def in_a_sentence(name: str) -> str:
    """Return a name as it stands in a sentence: in quotation marks where it could be read as a part
    of that, as “Ana has left. Ben” could."""
    return f"“{name.translate(INNER_QUOTES)}”" if SAYING.search(name) else name
