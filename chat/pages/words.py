"""The words of the page's scripts in another language than English."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, to_locale


def page_words() -> dict[str, str | dict[str, str]] | None:
    """Return the words of static/chat/page/words.js in the site's language, by their keys.

    None where there are none: the scripts have the English ones.
    """
    language = get_language()
    return _read(language) or _read(language.partition("-")[0])


@lru_cache
def _read(language: str) -> dict | None:
    for folder in settings.LOCALE_PATHS:
        path = Path(folder, to_locale(language), "page.json")
        if path.is_file():
            return json.loads(path.read_text())
    return None
