"""Slugs: the addresses of rooms, made from what people call them."""

import hashlib
import re
import secrets
import string
import unicodedata

from django.utils.translation import gettext as _

from chat.rules.errors import ChatError
from chat.rules.joiners import JOINERS, placed_joiners
from chat.rules.names import MAX_TYPED

MAX_SLUG = 64
# No typed name leads to an address with this sign: it is one that nobody can guess, of a room that
# is not public, or a room's id.
UNTYPED = "~"
CODE = 12
CODE_CHARACTERS = string.ascii_lowercase + string.digits
UNTYPED_SLUG = re.compile(rf"[^{UNTYPED}]*{UNTYPED}[a-z0-9]{{{CODE}}}")
DIGEST = 8  # characters
# What is a slug already, as nearly all that programs and links send.
PLAIN = re.compile(rf"(?=.{{1,{MAX_SLUG}}}\Z)[a-z0-9]+(-[a-z0-9]+)*")

# Signs that belong to a name are written out, so that “C”, “C++” and “C#” are three rooms. Others
# only part words: nobody means another room with a “!”.
WORDS = {
    "#": "sharp",
    "♯": "sharp",
    "&": "and",
    "@": "at",
    "*": "star",
    "+": "plus",
    "%": "percent",
}
NOT_WORDS = frozenset("=<>|~\u2044")
# These mean something in one place only: after a word “C#” and “A-”, before one “-1” and “.NET”, in
# one “R&B”; “Chess & Go” has nothing but two words.
IN_PLACE = [
    (re.compile(r"(?<!\S)&(?!\S)"), " "),
    (re.compile(r"(?<=[^\W_])#(?!\w)|(?<=#)#"), " sharp "),
    (re.compile(r"#"), " "),
    (re.compile(r"(?<=\w)[-\u2212]+$"), " minus "),
    (re.compile(r"(?<!\S)[-\u2212](?=\d)"), " minus "),
    (re.compile(r"(?<!\S)\.(?=[^\W_])"), " dot "),
]


def slug_of(text: str) -> str:
    """Return the slug of the room that a person calls `text`, in any script.

    An address or an id that cannot be typed stays as it is. Raises ChatError as `slug_of_name`.
    """
    return text if is_untyped(text) else slug_of_name(text)


def slug_of_name(name: str) -> str:
    """Return the slug that a room gets for its name, or its name is typed for, in any script.

    It is never one that cannot be typed: else whoever names a room could take the address or the
    id of another.

    Letters, marks and numbers are kept, signs are written out, everything else becomes one
    hyphen; what is too long ends with a digest of the whole. Django's slugify drops the vowel
    signs of Hindi, Thai and others. Raises ChatError `bad_request` when there is neither a letter
    nor a number.
    """
    if PLAIN.fullmatch(name):
        return name
    typed = _folded(name)
    if not any(map(_is_kept, typed)):
        raise ChatError("bad_request", _("Use at least one letter or number."))
    for pattern, word in IN_PLACE:
        typed = pattern.sub(lambda found, word=word: word * len(found[0]), typed)
    return _shortened(_hyphened("".join(_word(c) for c in _marked(typed))))


def is_untyped(text: str) -> bool:
    """Whether a text is an address that no name leads to, or a room's id: nobody can create it."""
    return UNTYPED_SLUG.fullmatch(text) is not None


def new_room_id() -> str:
    """Return the id of a new room, which says nothing."""
    return UNTYPED + _code()


def unguessable_slug(name: str) -> str:
    """Return an address for a room that is not public: its name, and what nobody can guess.

    With its name alone, whoever may not know of the room could find that the address is taken.
    """
    try:
        stem = slug_of_name(name)
    except ChatError:
        stem = "room"
    return f"{stem[: MAX_SLUG - CODE - 1].rstrip('-' + JOINERS)}{UNTYPED}{_code()}"


def _code() -> str:
    return "".join(secrets.choice(CODE_CHARACTERS) for _ in range(CODE))


def is_named(name: str, text: str) -> bool:
    """Whether a room with this name is the one that `text` means."""
    try:
        return slug_of_name(name) == slug_of(text)
    except ChatError:
        return False


def plain_slug(text: str) -> str:
    """Return the slug that `text` had while signs were not written out; it may be empty.

    Rooms that were made then are still at it.
    """
    kept = (c if _is_kept(c) else " " for c in _folded(text))
    return _hyphened("".join(kept))[:MAX_SLUG].strip("-")


def _folded(text: str) -> str:
    typed = unicodedata.normalize("NFKC", text[:MAX_TYPED])
    return unicodedata.normalize("NFKC", typed.lower())


def _is_kept(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN" or character == "_"


def _marked(text: str) -> list[str]:
    """Return the characters of a text, but for joiners that do nothing between letters."""
    placed = placed_joiners(text)
    return [c for i, c in enumerate(text) if c not in JOINERS or _joins_letters(text, i, placed)]


def _joins_letters(text: str, position: int, placed: set[int]) -> bool:
    return position in placed and _is_kept(text[position - 1])


def _word(character: str) -> str:
    """Return what stands for a character in a slug."""
    if _is_kept(character) or character in JOINERS:
        return character
    if character in WORDS:
        return f" {WORDS[character]} "
    is_sign = unicodedata.category(character) in {"Sm", "Sc", "So"}
    if not is_sign or character in NOT_WORDS:
        return " "
    name = unicodedata.name(character, "").lower().removesuffix(" sign")
    return f" {name} "


def _hyphened(text: str) -> str:
    return "-".join(text.replace("-", " ").split())


def _shortened(slug: str) -> str:
    if len(slug) <= MAX_SLUG:
        return slug
    digest = hashlib.sha256(slug.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST]
    stem = slug[: MAX_SLUG - DIGEST - 1].rstrip("-" + JOINERS)
    return f"{stem}-{digest}"
