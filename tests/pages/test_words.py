"""The language of the pages, and the words of their scripts in it."""

import json

import pytest
from django.utils.html import json_script

pytestmark = pytest.mark.django_db

PAGES = ("/", "/rooms/lobby/")
WORDS = {"youJoined": "Jesteś w pokoju </script>", "peopleHere": {"one": "…", "few": "…"}}


def text_of(client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.fixture
def locale(settings, tmp_path):
    """Return a folder of languages in which there is Polish."""
    (tmp_path / "pl").mkdir()
    (tmp_path / "pl/page.json").write_text(json.dumps(WORDS))
    settings.LOCALE_PATHS = [tmp_path]
    return tmp_path


def test_pages_are_in_english_and_their_scripts_have_the_words(client, locale):
    for page in PAGES:
        text = text_of(client, page)
        assert '<html lang="en">' in text
        assert 'id="words"' not in text


@pytest.mark.parametrize("language", ["pl", "pl-pl"])
def test_a_page_in_another_language_has_the_words_of_its_scripts(
    client, settings, locale, language
):
    settings.LANGUAGE_CODE = language
    for page in PAGES:
        text = text_of(client, page)
        assert f'<html lang="{language}">' in text
        assert json_script(WORDS, "words") in text


def test_a_language_from_right_to_left_turns_the_page(client, settings):
    settings.LANGUAGE_CODE = "ar"
    for page in (*PAGES, "/accounts/login/", "/nowhere/"):
        assert '<html lang="ar" dir="rtl">' in text_of(client, page)
