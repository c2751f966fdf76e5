"""What a text may mention: names behind an @, outside code, and everybody."""

import time

import pytest

from chat.rules.mentions import MAX_CANDIDATES, find_candidates
from chat.rules.names import name_key


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


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("你好@王小明你好", {"王小明", "王小", "王小明你好"}),
        ("@Ana你好", {"ana", "ana你"}),
        ("안녕@김철수님", {"김철수"}),
        ("สวัสดี@กำไร", {"กำไร"}),
    ],
)
def test_in_scripts_without_spaces_a_name_is_where_it_stands(text, keys):
    (place,) = find_candidates(text).places
    assert set(map(name_key, keys)) <= set(place)
    assert len(place[0]) == max(map(len, place))


def test_everybody_is_addressed_in_scripts_without_spaces():
    assert find_candidates("大家好@room你们").everybody == "room"


def test_a_name_does_not_end_before_a_mark():
    (place,) = find_candidates("@\u0905\u0928\u093f").places
    assert place == ["\u0905\u0928\u093f"]
    (place,) = find_candidates("@\u0e01\u0e34").places
    assert place == ["\u0e01\u0e34"]


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
    for text in ("@" * 4000, "@.a" * 1300, "@" + "a\u0301" * 2000, "@a b " * 800, "@王" * 2000):
        begun = time.perf_counter()
        assert len(find_candidates(text).keys) <= MAX_CANDIDATES
        assert time.perf_counter() - begun < 0.2
