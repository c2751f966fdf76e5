"""Names that cannot deceive, and slugs in any script."""

import time
import unicodedata
from contextlib import suppress

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chat.rules.errors import ChatError
from chat.rules.lookalikes import MAX_KEY, PROTOTYPES, skeleton, skeleton_key, skeleton_keys
from chat.rules.names import (
    MAX_NAME,
    MAX_ROOM_NAME,
    MAX_TYPED,
    TakenNames,
    clean_name,
    clean_room_name,
    is_held,
    name_key,
    variant,
    visible,
)
from chat.rules.slugs import MAX_SLUG, slug_of

anything = st.text(max_size=100)
words = st.text(
    st.characters(categories=["L", "M", "N", "P", "S", "Zs"], exclude_characters="\u3164\u2800"),
    min_size=1,
    max_size=40,
)


def cleaned(text: str) -> str:
    """Return the name that a text becomes; skip the example if it is none."""
    try:
        return clean_name(text)
    except ChatError:
        assume(False)


class TestNames:
    @pytest.mark.parametrize(
        ("typed", "name"),
        [
            ("Ana", "Ana"),
            ("  Ana   Maria ", "Ana Maria"),
            ("Ａｎａ", "Ana"),  # noqa: RUF001
            ("Ana\u00a0Maria", "Ana Maria"),
            ("e\u0301va", "\u00e9va"),
            ("x" * 32, "x" * 32),
            ("李雷", "李雷"),
            ("नेहा", "नेहा"),
            ("\U0001f600", "\U0001f600"),
            ("O'Neill-Smith 3", "O'Neill-Smith 3"),
            # Joiners that change how the letters or signs beside them are written.
            ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u200d\u0dbb\u0dd3"),
            ("مهدی\u200cپور", "مهدی\u200cپور"),
            ("\u0915\u094d\u200c\u0937", "\u0915\u094d\u200c\u0937"),
            ("\u0d28\u0d4d\u200d", "\u0d28\u0d4d\u200d"),
            ("\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"),
            ("\U0001f3f3\ufe0f\u200d\U0001f308 Ana", "\U0001f3f3\ufe0f\u200d\U0001f308 Ana"),
        ],
    )
    def test_a_name_is_kept_as_people_see_it(self, typed, name):
        assert clean_name(typed) == name

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            " ",
            "x" * 33,
            "\ufdfa" * 2,  # 18 characters each, once normalised
            "a\x00b",
            "a\tb",
            "a\nb",
            "a\x7fb",
            "a\x85b",
            "a\u00adb",  # soft hyphen
            "a\u061cb",  # Arabic letter mark
            "a\u200bb",  # zero-width space
            "a\u034fb",  # combining grapheme joiner
            "a\ufe00b",  # variation selector
            "a\u200cb",
            "a\u200db",
            "\u200d\u0915",
            "\u0915\u200d\u0937",  # no virama
            "\u0915\u094d\u200d\u200d\u0937",  # twice
            "\u0915\u094d\u200c",  # at the end
            "\u0645\u200c\u200cد",
            "\u062f\u200c\u0645",  # dal joins to nothing after it
            "\U0001f600\u200d\U0001f600",  # not an emoji of Unicode's list
            "\U0001f469\u200d",
            "a\u200eb",
            "a\u202ab",
            "a\u202eb",  # right-to-left override
            "a\u2028b",
            "a\u2029b",
            "a\u2060b",
            "a\u2066b",
            "a\u2069b",
            "a\ufeffb",
            "a\U000e0061b",  # a tag
            "a\ue000b",  # private use
            "a\ud800b",  # a lone surrogate
            "a\u0378b",  # not assigned
            "a\u3164b",  # a filler, a letter that shows nothing
            "\u2800",
            "\u0301",
        ],
    )
    def test_control_and_invisible_characters_are_refused(self, typed):
        with pytest.raises(ChatError) as refusal:
            clean_name(typed)
        assert refusal.value.code == "name_invalid"

    @pytest.mark.parametrize(
        "typed",
        ["Ana (edited)", "Ana (Edited)", "Ana (\u0435dited)", "Ana (edited)\u0301", "(edited)"],
    )
    def test_a_name_like_that_of_an_edit_is_refused(self, typed):
        with pytest.raises(ChatError, match="edited"):
            clean_name(typed)
        assert clean_name("Ana (edited) 2") == "Ana (edited) 2"

    @pytest.mark.parametrize(
        "typed", ["Ana: hi", "Ana:", "a: b", "* Ana", "!", "! no", "> a", ">", "\uff1a"]
    )
    def test_a_name_like_a_line_of_the_chat_is_refused(self, typed):
        with pytest.raises(ChatError, match="Leave out"):
            clean_name(typed)

    @pytest.mark.parametrize("typed", ["12:30", "a*b", "*Ana*", "Wow!", "!Kung", ">_<"])
    def test_other_signs_may_be_in_a_name(self, typed):
        assert clean_name(typed) == typed

    @given(st.one_of(anything, words))
    def test_a_clean_name_is_clean(self, text):
        name = cleaned(text)
        assert clean_name(name) == name
        assert 1 <= len(name) <= MAX_NAME
        assert unicodedata.is_normalized("NFKC", name)
        assert visible(name) == name

    @given(words)
    def test_the_same_name_in_another_case_has_the_same_key(self, text):
        name = cleaned(text)
        assert name_key(name.casefold()) == name_key(name)
        assert len(name_key(name)) <= 4 * MAX_NAME

    def test_different_names_have_different_keys(self):
        assert name_key("Ana") == name_key("ANA")
        assert name_key("Straße") == name_key("STRASSE")
        assert len({name_key(name) for name in ("Ana", "Anna", "Ana 2", "\u00c1na")}) == 4

    @given(words, st.integers(2, 999))
    @example("x" * 32, 2)
    @example("x" * 29 + " xx", 10)
    @example("x" * 28 + "::xx", 10)
    @example(":" * 31 + "x", 2)
    @example("x" * 27 + "\U0001f469\u200d\U0001f4bb", 10)
    def test_a_variant_is_another_valid_name(self, text, number):
        name = cleaned(text)
        other = variant(name, number)
        assert clean_name(other) == other
        assert other.endswith(f" {number}")


class TestLookAlikes:
    @pytest.mark.parametrize(
        ("name", "other"),
        [
            ("MarkXYZ", "M\u0430rkXYZ"),  # Cyrillic a
            ("MarkXYZ", "m\u0430rkxyz"),
            ("MarkXYZ", "\u039cARK\u03a7\u03a5\u0396"),  # Greek
            ("Mihai", "MI\u041dAI"),
            ("Ion", "I\u041eN"),
            ("Ion", "l\u043en"),
            ("Ian", "lan"),
            ("Paul", "PauI"),
            ("Mark", "Rnark"),
            ("Oleg", "0leg"),
            ("Boba", "\u0412\u041e\u0412\u0410"),
            ("\u0412\u043e\u0432\u0430", "\u0412\u041e\u0412\u0410"),
            ("\u0dc1\u0dca\u200d\u0dbb\u0dd3", "\u0dc1\u0dca\u0dbb\u0dd3"),
            ("\u2764\ufe0f", "\u2764"),
        ],
    )
    def test_names_that_look_alike_are_the_same(self, name, other):
        assert is_held(other, name)
        assert other in TakenNames([name])
        assert skeleton_key(name) in skeleton_keys(other) or name_key(name) == name_key(other)

    @pytest.mark.parametrize(
        ("name", "other"),
        [
            ("Neil", "Nell"),
            ("Ana", "Anna"),
            ("Ana", "\u00c1na"),
            ("Mary", "Marv"),
            ("Ivan", "\u0418\u0432\u0430\u043d"),
            ("Mark", "\u041c\u0430\u0440\u043a"),
            ("Ana 2", "Ana 3"),
            ("李雷", "李雪"),
        ],
    )
    def test_names_that_differ_to_the_eye_are_different(self, name, other):
        assert not is_held(other, name)
        assert other not in TakenNames([name])

    @given(words)
    def test_what_looks_alike_is_found_by_its_key(self, text):
        name = cleaned(text)
        assert is_held(name.upper(), name)
        assert skeleton_key(name) in skeleton_keys(name)
        assert max(map(len, skeleton_keys(name))) <= MAX_KEY

    def test_unicodes_table_is_read_whole(self):
        assert len(PROTOTYPES) > 6000
        assert skeleton("\u0440\u0430ypal") == "paypal"


class TestSlugs:
    @pytest.mark.parametrize(
        ("typed", "slug"),
        [
            ("Chess Club", "chess-club"),
            ("  --Chess__ Club!--", "chess__-club"),
            ("/rooms/../admin?x=1#y", "rooms-admin-x-1-y"),
            ("Ｌｏｂｂｙ", "lobby"),  # noqa: RUF001
            ("Ünïcödé", "\u00fcn\u00efc\u00f6d\u00e9"),
            ("Шахматы", "шахматы"),
            ("กีฬา", "กีฬา"),
            ("ქართული", "ქართული"),
            ("x" * 64, "x" * 64),
            ("C++", "c-plus-plus"),
            ("C#", "c-sharp"),
            ("C#, C++/C#", "c-sharp-c-plus-plus-c-sharp"),
            ("#general", "general"),
            ("A-", "a-minus"),
            ("C--", "c-minus-minus"),
            (".NET", "dot-net"),
            ("R&B", "r-and-b"),
            ("Chess & Go", "chess-go"),
            ("5\u20ac", "5-euro"),
            ("\U0001f389 party", "party-popper-party"),
            ("\u0dc1\u0dca\u200d\u0dbb\u0dd3 a\u200db", "\u0dc1\u0dca\u200d\u0dbb\u0dd3-ab"),
        ],
    )
    def test_a_slug_keeps_letters_marks_and_numbers_of_any_script(self, typed, slug):
        assert slug_of(typed) == slug

    @pytest.mark.parametrize("typed", ["", "   ", "!?", "\u200b", "\x00", "—", "\U0001f600"])
    def test_a_text_without_letters_or_numbers_has_no_slug(self, typed):
        with pytest.raises(ChatError) as refusal:
            slug_of(typed)
        assert refusal.value.code == "bad_request"

    @given(st.one_of(anything, words))
    @example("\u0130stanbul")
    @example("x" * 63 + " y")
    def test_the_slug_of_a_slug_is_itself(self, text):
        try:
            slug = slug_of(text)
        except ChatError:
            assume(False)
        assert slug_of(slug) == slug
        assert 1 <= len(slug) <= MAX_SLUG
        assert not set(slug) & set("/?#%. \x00\\\"'<>&")

    def test_names_that_begin_alike_have_different_slugs(self):
        slugs = {slug_of("x" * 64 + end) for end in ("", "a", "b")}
        assert len(slugs) == 3
        assert max(map(len, slugs)) <= MAX_SLUG

    @given(words)
    def test_the_same_name_in_another_case_is_the_same_room(self, text):
        try:
            slug = slug_of(text)
        except ChatError:
            assume(False)
        assert slug_of(text.lower()) == slug


class TestRoomNames:
    @given(anything)
    def test_a_rooms_name_is_one_line_of_visible_characters(self, text):
        name = clean_room_name(text)
        assert clean_room_name(name) == name
        assert len(name) <= MAX_ROOM_NAME
        assert visible(name) == name

    def test_a_rooms_name_keeps_joiners_where_they_belong(self):
        typed = "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf a\u200db"
        name = clean_room_name(typed)
        assert name == typed.replace("a\u200db", "ab")
        assert slug_of(name) == slug_of(typed)

    def test_a_rooms_name_is_what_was_typed(self):
        assert clean_room_name(" Chess\tClub: «Café»! ") == "Chess Club: «Café»!"


@pytest.mark.parametrize("function", [clean_name, clean_room_name, slug_of])
@pytest.mark.parametrize("text", ["\u0301" * 16_000 + "\u0327" * 16_000, "\ufdfa" * 21_000])
def test_no_text_of_a_whole_frame_takes_long(function, text):
    started = time.process_time()
    with suppress(ChatError):
        function("a" + text)
    assert time.process_time() - started < 0.05


def test_a_name_is_not_cut_to_fit():
    with pytest.raises(ChatError):
        clean_name("Ana" + " " * MAX_TYPED + "Maria")
