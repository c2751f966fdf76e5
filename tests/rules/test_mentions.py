"""What a text may mention: names behind an @, outside code, and everybody."""

import time

import pytest

from chat.rules.mentions import MAX_CANDIDATES, find_candidates


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("@Ana", ["ana"]),
        ("hi @ANA, and @Ben.", ["ana, and @ben.", "ben."]),
        ("(@Ana)", ["ana)"]),
        ("@Jo\u0301 x", ["j\u00f3 x"]),
        ("**@Ana** and > @Ben", ["ana", "ben"]),
        ("- @Ana\n- x\n  - @Ben", ["ana", "ben"]),
        ("> @Ana", ["ana"]),
        ("@_name_", ["_name_"]),
        ("[to @Ana](https://a.example/@ben)", ["ana"]),
        ("ana@example.org and x@y", []),
        ("`@Ana` and ``@Ana``", []),
        ("```\n@Ana\n```", []),
        ("https://a.example/@ana", []),
        ("@ Ana, @", []),
    ],
)
def test_names_are_found_outside_code_and_words(text, longest):
    assert [place[0] for place in find_candidates(text).places] == longest


def test_of_a_name_with_several_words_each_end_is_tried():
    (place,) = find_candidates("@Ana Maria Pop: hi").places
    assert place == ["ana maria pop: hi", "ana maria pop:", "ana maria pop", "ana maria", "ana"]


def test_a_name_does_not_end_before_a_mark():
    (place,) = find_candidates("@\u0905\u0928\u093f").places
    assert place == ["\u0905\u0928\u093f"]


@pytest.mark.parametrize(
    ("text", "everybody"),
    [("@here", "here"), ("look, @Room!", "room"), ("@here @room", "room"), ("@here. Hi", "here")],
)
def test_everybody_is_addressed_by_two_words(text, everybody):
    assert find_candidates(text).everybody == everybody
    assert find_candidates(f"`{text}`").everybody is None


@pytest.mark.parametrize(
    "text", ["@hereby", "@room/client", "@here-be", ".@here.com", "@room@mail.example"]
)
def test_a_longer_name_does_not_address_everybody(text):
    assert find_candidates(text).everybody is None


def test_a_plain_text_has_no_code():
    assert find_candidates("`@Ana`", is_plain=True).places


def test_a_hostile_text_takes_little_time():
    for text in ("@" * 4000, "@.a" * 1300, "@" + "a\u0301" * 2000, "@a b " * 800):
        begun = time.perf_counter()
        assert len(find_candidates(text).keys) <= MAX_CANDIDATES
        assert time.perf_counter() - begun < 0.2
