"""What a terminal shows of a message's formatting."""

import json
from pathlib import Path

import pytest

from chat.rules.dialect.plain import plain_text
from chat.rules.text import terminal_text
from chat.terminal.formatting import formatted
from chat.terminal.screens import body_of

CORPUS = Path(__file__).parents[1] / "rules" / "dialect.json"
TEXTS = [case["text"] for case in json.loads(CORPUS.read_text())["cases"]]


def shown(text: str) -> str:
    return "".join(piece for _, piece in formatted(text))


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: repr(text[:40]))
def test_a_terminal_shows_the_text_without_marks(text):
    assert shown(text).rstrip() == terminal_text(plain_text(text)).rstrip()


def test_marks_become_styles():
    assert formatted("**a *b*** `c` ~~d~~") == [
        *(("bold", "a "), ("bold italic", "b"), ("", " ")),
        *(("ansicyan", "c"), ("", " "), ("strike", "d")),
    ]


def test_a_link_has_its_address_behind_it():
    assert formatted("[bank.com](https://evil.example)") == [
        ("underline", "bank.com"),
        ("ansibrightblack", " (https://evil.example)"),
    ]


def test_no_formatting_controls_the_terminal_or_passes_for_another_line():
    text = "**a\x1b[2J** `\x1b]0;t\x07`\n```\n\u202eb\r12:00 Ion: c\n```\n> \x9b1m"
    assert shown(text) == ("a\u241b[2J \u241b]0;t\u2407\n  \ufffdb\n  12:00 Ion: c\n  > \ufffd1m")


def test_a_plain_message_is_shown_as_it_was_typed():
    assert body_of({"body": "**a**\nb", "format": "plain"}) == [("", "**a**\n  b")]
    assert body_of({"body": "**a**"}) == [("bold", "a")]
