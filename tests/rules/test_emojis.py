"""What counts as one emoji, and in which form it is kept."""

import pytest

from chat.rules.emojis import clean_emoji
from chat.rules.errors import ChatError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("👍", "👍"),
        ("👍\ufe0f", "👍"),
        ("❤", "❤\ufe0f"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("1\u20e3", "1\ufe0f\u20e3"),
        ("#\ufe0f\u20e3", "#\ufe0f\u20e3"),
        ("🇩🇪", "🇩🇪"),
        ("👍🏽", "👍🏽"),
        ("👨‍👩‍👧", "👨‍👩‍👧"),
        ("👩‍❤‍💋‍👨", "👩‍❤\ufe0f‍💋‍👨"),
        ("🏴󠁧󠁢󠁷󠁬󠁳󠁿", "🏴󠁧󠁢󠁷󠁬󠁳󠁿"),
        # Joined, and not in Unicode's list: some systems show one picture for it.
        ("🐱‍👤", "🐱‍👤"),
        ("🐱‍🏍", "🐱‍🏍\ufe0f"),
        ("👨🏽‍👩🏽‍👧🏽", "👨🏽‍👩🏽‍👧🏽"),
    ],
)
def test_one_emoji_has_one_form_however_it_is_typed(typed, kept):
    assert clean_emoji(typed) == kept
    assert clean_emoji(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "1", "#", "a", "é", "上", ":)", "\ufe0f", "\u200d", "\0"),
        *("👍👍", "👍 ", " 👍", "👍a", "🇩🇪🇫🇷"),
        # Parts: a letter of a flag, a skin tone, a joiner with nothing behind it.
        *("🇩", "🏽", "👍\u200d", "\u200d👍", "👍\u200d\u200d👍"),
        # Asked for as text, and joined where nothing shows one picture.
        *("❤\ufe0e", "🇩🇪‍🇫🇷", "1\ufe0f\u20e3‍👤", "👍" * 30_000),
        *map("\u200d".join, ("👍👍", "👍" * 9, "🅰🅱🆘🆗🅾🆒🆓🆕", "👩" * 5, ["🏴󠁧󠁢󠁥󠁮󠁧󠁿"] * 8)),
    ],
)
def test_everything_else_is_refused(typed):
    with pytest.raises(ChatError) as refusal:
        clean_emoji(typed)
    assert refusal.value.code == "bad_request"
