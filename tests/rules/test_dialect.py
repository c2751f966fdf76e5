"""How messages are written: what the page's scripts make of them, Python makes of them too."""

import json
import sys
import unicodedata
from itertools import count
from pathlib import Path
from time import process_time

import pytest

from chat.rules.dialect.named import is_like_address
from chat.rules.dialect.parse import parse_text
from chat.rules.dialect.plain import plain_text
from chat.rules.lookalikes import skeleton

CORPUS = json.loads(Path(__file__).with_name("dialect.json").read_text())
CASES = CORPUS["cases"]
HOSTILE = ["".join(piece * count for piece, count in pieces) for pieces in CORPUS["hostile"]]
# 1 to 7 ms, also where much else runs; it finds what takes quadratic time.
LIMIT = 0.06
# Calls of functions for each character: 11.3 at most, 15.5 when each line was read by itself, and
# 26 before that took half the time.
MOST_CALLS = 13


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_text_has_its_tree_and_its_plain_text(case):
    assert parse_text(case["text"]) == case["tree"]
    assert plain_text(case["text"]) == case["plain"]


def test_the_corpus_is_large_and_has_no_case_twice():
    assert len({case["text"] for case in CASES}) == len(CASES) >= 120


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_no_text_takes_more_time_than_its_length(text):
    def run_time() -> float:
        start = process_time()
        plain_text(text)
        return process_time() - start

    assert min(run_time() for _ in range(5)) < LIMIT


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_no_text_takes_many_calls(text):
    calls = count()

    def note(frame, event, arg) -> None:
        if event in ("call", "c_call"):
            next(calls)

    plain_text(text)  # What is cached is there then.
    sys.setprofile(note)
    try:
        plain_text(text)
    finally:
        sys.setprofile(None)
    assert next(calls) / len(text) < MOST_CALLS


def test_every_character_that_looks_like_a_dot_is_one_in_a_link():
    """Unicode's table has more with each version: those belong to the pattern then."""
    characters = map(chr, (*range(0xD800), *range(0xE000, 0x20000)))
    dots = [each for each in characters if {skeleton(each), folded(each)} & set(".\u00b7\u30fb")]
    assert len(dots) > 30
    assert [each for each in dots if not is_like_address(f"bank{each}com")] == []


def folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character)
