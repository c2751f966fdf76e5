"""People's text in a terminal: nothing in it steers the terminal or turns the line."""

import pytest

from chat.rules.text import INDENT, terminal_text
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
