"""What is typed to find a name."""

import pytest

from chat.rules.finding import MAX_START, starts, typed_start


@pytest.mark.parametrize(
    ("name", "typed", "is_found"),
    [
        *(("Zo\u00eb", "zoe", True), ("Zo\u00eb", "ZOE\u0308", True), ("zoe", "zo\u00eb", True)),
        *(("Ana-Maria Pop", "mar", True), ("Ana-Maria Pop", "ana-maria p", True)),
        *(("Anamaria", "maria", False), ("mamaria maria", "maria", True), ("Ana", "anab", False)),
        *(("Ștefan", "stef", True), ("李雷", "李", True), ("Straße", "STRASSE", True)),
        *(("🎉 party", "🎉", True), ("_x_", "x", True), ("Ana", "", True), ("नेहा", "ने", True)),
        *(("Ana (Ion)", "(i", True), ("Ana", " ana ", True)),
    ],
)
def test_a_name_is_found_by_the_beginning_of_a_word(name, typed, is_found):
    assert any(start.startswith(typed_start(typed)) for start in starts(name)) == is_found


def test_a_name_that_grows_when_folded_is_found_by_its_beginning():
    name = "\ufdfa" * 32
    assert [len(start) for start in starts(name)[:1]] == [MAX_START]
    assert starts(name)[0].startswith(typed_start(name))
