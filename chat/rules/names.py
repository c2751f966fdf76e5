"""Valid names of people and rooms."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count

from django.utils.translation import gettext as _

from chat.rules.errors import ChatError
from chat.rules.joiners import JOINERS, placed_joiners, without_idle_joiners
from chat.rules.lookalikes import EMOJI_STYLE, readings, readings_in_any_case

MAX_NAME = 32
MAX_ROOM_NAME = 80

FORMER = " (former)"

# Longer than any name as it is typed, decomposed and with extra spaces. Normalization takes time in
# the square of a run of combining marks: for 64 KB of them the server stood still for 5 s.
MAX_TYPED = 400

# Letters and marks, by category, that are invisible (Unicode's Default_Ignorable_Code_Point): with
# them two different names would look the same.
INVISIBLE = frozenset(
    chr(code)
    for first, last in [
        *((0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
        *((0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0E), (0xFFA0, 0xFFA0)),
        (0xE0100, 0xE01EF),
    ]
    for code in range(first, last + 1)
)
# What ends a name in a line (“Ana: hi”) or begins another kind of line (“* ”, “! ”, “> ”), also
# before a number that `variant` appends (chat/consumers/lines.py).
LIKE_A_LINE = re.compile(r":( |$)|^[*!>]( |$)")
# What stands behind a name in the line of an edit (“Ana (edited): hi”), to the eye.
LIKE_AN_EDIT = tuple(readings_in_any_case("(edited)"))


def clean_name(text: str) -> str:
    """Return `text` as a person's name: NFKC, single spaces, 1 to 32 visible characters.

    Raises ChatError `name_invalid` for control, bidi and zero-width characters, so that nobody
    can pose as somebody else, and for what looks like a line of the chat.
    """
    typed = unicodedata.normalize("NFKC", text[:MAX_TYPED])
    name = re.sub(" +", " ", typed).strip(" ")
    if not name:
        raise ChatError("name_invalid", _("Type your name."))
    if len(name) > MAX_NAME or len(text) > MAX_TYPED:
        limit = _("Use up to %(limit)s characters.") % {"limit": MAX_NAME}
        raise ChatError("name_invalid", limit)
    check_characters(name)
    return name


def check_characters(name: str) -> None:
    """Raise ChatError `name_invalid` for what no name can have in it, however long it is."""
    if visible(name) != name:
        raise ChatError(
            "name_invalid",
            _("This name has invisible characters in it. Type it again by hand."),
        )
    if LIKE_A_LINE.search(name):
        raise ChatError("name_invalid", _("Leave out *, ! and > at the start, and colons."))
    if is_like_an_edit(name):
        raise ChatError("name_invalid", _("Leave out “(edited)” at the end."))
    if not any(unicodedata.category(character)[0] in "LNPS" for character in name):
        raise ChatError("name_invalid", _("Use at least one letter or number."))


def is_like_an_edit(name: str) -> bool:
    """Return whether a name reads as one whose message was edited, with or without marks."""
    letters = (c for c in unicodedata.normalize("NFD", name) if unicodedata.category(c) != "Mn")
    readings_of_it = readings_in_any_case("".join(letters))
    return any(reading.endswith(LIKE_AN_EDIT) for reading in readings_of_it)


def visible(text: str, instead: str = "") -> str:
    """Return a text without what controls, reverses or hides it; joiners stay where they belong."""
    placed = placed_joiners(text)
    return "".join(
        instead if is_unprintable(c) and i not in placed else c for i, c in enumerate(text)
    )


def is_unprintable(character: str) -> bool:
    """Return whether a character by itself controls, joins, reverses or hides text."""
    category = unicodedata.category(character)
    return category[0] == "C" or category in {"Zl", "Zp"} or character in INVISIBLE


@lru_cache(10_000)
def name_key(name: str) -> str:
    """Return the key of a name; two names with one key count as the same.

    Cached: a person who joins a room is compared with everybody there.
    """
    return unicodedata.normalize("NFKC", name.casefold().replace(EMOJI_STYLE, ""))


@lru_cache(10_000)
def _held(name: str) -> frozenset[str]:
    """Return all that nobody else can have beside a name: its key, and what it reads as."""
    return readings(name) | {name_key(name)}


@lru_cache(10_000)
def _claimed(name: str) -> frozenset[str]:
    """Return all that must not be held by others for a name to be free."""
    return readings_in_any_case(name) | {name_key(name)}


def is_held(name: str, holder: str) -> bool:
    """Return whether a name is not free beside `holder`: it has its letters, in any case, or its
    looks."""
    return not is_free(name, [holder])


def is_free(name: str, holders: Iterable[str]) -> bool:
    """Return whether a name is free beside all `holders`."""
    return all(map(_claimed(name).isdisjoint, map(_held, holders)))


class TakenNames:
    """Names that are taken, to find out whether others are free beside them."""

    def __init__(self, names: Iterable[str]):
        self._held: set[str] = set().union(*map(_held, names))

    def add(self, name: str) -> None:
        """Add one more."""
        self._held |= _held(name)

    def __contains__(self, name: str) -> bool:
        return not self._held.isdisjoint(_claimed(name))


def variants(name: str) -> Iterator[str]:
    """Yield `name`, and then the same with numbers, without end."""
    yield name
    yield from (variant(name, number) for number in count(2))


def variant(name: str, number: int) -> str:
    """Return `name` with a number appended, shortened so that the result is a valid name."""
    return with_suffix(name, f" {number}")


def former(name: str) -> str:
    """Return what a member is called whose account is gone."""
    return with_suffix(name, FORMER)


def with_suffix(name: str, suffix: str) -> str:
    """Return `name` with a suffix, shortened so that the result is a valid name."""
    stem = visible(name[: MAX_NAME - len(suffix)]).rstrip(" :" + JOINERS)
    return (stem or "Guest") + suffix


def name_of_account(username: str) -> str:
    """Return what a person with this username is called; one that is too long ends with dots."""
    if len(username) > MAX_NAME:
        username = with_suffix(username, "...")
    try:
        return clean_name(username)
    except ChatError:
        return "Member"


def name_between(names: Iterable[str]) -> str:
    """Return the name of a direct room, which is between people called `names`."""
    return clean_room_name(", ".join(sorted(names, key=str.casefold)))


def clean_room_name(text: str) -> str:
    """Return a room's name from what was typed: one line, no invisible characters."""
    name = " ".join(visible(without_idle_joiners(text[:MAX_TYPED]), " ").split())
    return " ".join(visible(name[:MAX_ROOM_NAME], " ").split())
