"""People's text in a terminal: nothing in it steers the terminal or turns the line."""

import pytest

from chat.rules.text import INDENT, isolated_name, terminal_text
from chat.terminal.screens import PipeScreen

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("turn", BIDI_CONTROLS)
def test_what_turns_a_text_is_shown_in_its_place(turn):
    assert terminal_text(f"a{turn}https://b.example") == "a\ufffdhttps://b.example"


def test_what_a_foreign_server_calls_people_and_rooms_is_shown_too(capsys):
    screen = PipeScreen()
    author = {"id": "a", "name": "Ana\u202e\x1b[2J", "kind": "guest"}
    screen.message({"author": author, "body": "x", "at": "2026-01-02T03:04:05Z"})
    screen.notice("You joined \u202etea\nIon: hi")
    screen.refusal("No \x07")
    shown = capsys.readouterr()
    assert shown.out == f"Ana\ufffd\u241b[2J: x\n* You joined \ufffdtea\n{INDENT}Ion: hi\n"
    assert shown.err == "! No \u2407\n"


@pytest.mark.parametrize(
    "name", ["\u05d0\u05d1", "\u0639\u0644\u064a", "\u0661\u0662", "x\U0001e900"]
)
def test_a_name_from_right_to_left_turns_nothing_around_it(name):
    assert isolated_name(name) == f"\u2068{name}\u2069"


@pytest.mark.parametrize("name", ["Chess", "Ștefan", "茶", "🍓 1", ""])
def test_a_name_from_left_to_right_stays_as_it_is(name):
    assert isolated_name(name) == name


@pytest.mark.parametrize("turn", BIDI_CONTROLS)
def test_a_name_cannot_end_its_own_isolation(turn):
    assert isolated_name(f"a{turn}b") == "\u2068ab\u2069"
