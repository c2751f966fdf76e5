"""The site's settings in a made-up language, in which every translated text is ⟦in brackets⟧.

What a page shows outside of brackets, and people have not written, was forgotten.
"""

import os

from django.utils.translation import trans_real

LANGUAGE = "en-xa"
CONTEXT = "\x04"


def bracketed(text: str) -> str:
    return f"⟦{text.rpartition(CONTEXT)[2]}⟧"


def gettext(self, message: str) -> str:
    return bracketed(message)


def ngettext(self, singular: str, plural: str, number: int) -> str:
    return bracketed(singular if number == 1 else plural)


# In a process of its own: tests.browser.test_translated starts a server with these settings.
if os.environ.get("DJANGO_SETTINGS_MODULE") == __name__:
    from chatsite.settings import *  # noqa: F403

    LANGUAGE_CODE = LANGUAGE
    LANGUAGES = [(LANGUAGE, "In brackets")]
    LOCALE_PATHS = [os.environ["BRACKETED_LOCALE"]]
    trans_real.DjangoTranslation.gettext = gettext
    trans_real.DjangoTranslation.ngettext = ngettext
