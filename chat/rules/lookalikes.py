"""What names read as, to the eye: two names that read alike (UTS 39) count as the same.

Unicode's table maps each character to the one that it can be mistaken for; with each character
replaced by it, a text is its *skeleton*. There is no library for it that is kept up to date and
runs everywhere: `confusable_homoglyphs` has the data of 2024, PyICU needs ICU's headers. The table
in unicode/ is Unicode's own; a later one can be put in its place, with a migration that stores the
skeletons anew.
"""

import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from chat.rules.joiners import JOINERS

TABLE = Path(__file__).with_name("unicode") / "confusables.txt"
EMOJI_STYLE = "\ufe0f"
# Characters of a key that is stored. Letters that others look like may be longer: m is rn.
MAX_KEY = 128


def _rows(text: str) -> Iterator[tuple[int, str]]:
    for line in text.splitlines():
        if data := line.partition("#")[0].strip():
            source, target, _ = data.split(";")
            yield int(source, 16), "".join(chr(int(code, 16)) for code in target.split())


PROTOTYPES: dict[int, str | None] = {
    **dict(_rows(TABLE.read_text(encoding="utf-8-sig"))),
    **dict.fromkeys(map(ord, JOINERS + EMOJI_STYLE)),
}


def skeleton(text: str) -> str:
    """Return the skeleton of a text, by UTS 39, section 4; for comparison alone."""
    replaced = unicodedata.normalize("NFD", text).translate(PROTOTYPES)
    return unicodedata.normalize("NFD", replaced)


def _folded(character: str) -> str:
    """Return the skeleton of a character in any case; twice, as small letters look like others."""
    return skeleton(skeleton(character).casefold()).casefold()


def _small_i(character: str) -> str:
    """Return the same, but for a capital that looks like a small L: it is a small I."""
    is_capital_i = skeleton(character) == "l" and character.isalpha() and not character.islower()
    return "i" if is_capital_i else _folded(character)


class Table(dict[int, str]):
    """What each character reads as, for `str.translate`; filled with those that occur."""

    def __init__(self, read: Callable[[str], str]):
        super().__init__()
        self._read = read

    def __missing__(self, code: int) -> str:
        self[code] = self._read(chr(code))
        return self[code]


FOLDED = Table(_folded)
SMALL_I = Table(_small_i)


def _read(text: str, table: Table) -> str:
    replaced = unicodedata.normalize("NFD", text).translate(table)
    return unicodedata.normalize("NFD", replaced)


def readings(name: str) -> frozenset[str]:
    """Return what a name can be read as: "Ian" as "ian" and as "lan"."""
    return frozenset((_read(name, FOLDED), _read(name, SMALL_I)))


def readings_in_any_case(name: str) -> frozenset[str]:
    """Return what a name can be read as where it is written in capitals or in small letters.

    Some capitals look like other letters than the small ones do: the Cyrillic Ve like B.
    """
    if name.isascii():
        return readings(name)
    return readings(name) | {_read(case, SMALL_I) for case in _cases(name)}


def _cases(name: str) -> tuple[str, ...]:
    return name, name.lower(), name.upper(), name.title()


def skeleton_key(name: str) -> str:
    """Return the key under which a name is stored, one for all its readings.

    It puts i and l together, as their capitals look alike: what it finds has to be compared.
    """
    return _read(name, FOLDED).replace("i", "l")[:MAX_KEY]


def skeleton_keys(name: str) -> set[str]:
    """Return each key under which a name may be stored that `name`, in some case, looks like."""
    cases = (name,) if name.isascii() else _cases(name)
    return {skeleton_key(case) for case in cases}
