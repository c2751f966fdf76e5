"""Finding names by what somebody begins to type: whatever its case and marks, the beginning of the
name or of a word in it."""

from unicodedata import category, normalize

from chat.rules.names import name_key

# Characters that are compared: nobody types more to find somebody.
MAX_START = 64


def folded(name: str) -> str:
    """Return a name without its case and marks. In Python: no database folds marks as names do."""
    letters = (c for c in normalize("NFKD", name_key(name)) if category(c) != "Mn")
    return "".join(letters).casefold()


def starts(name: str) -> list[str]:
    """Return what `name` can be typed as, folded: all of it, then from each word in it on."""
    key = folded(name)
    places = (at for at in range(1, len(key)) if not (key[at - 1].isalnum() or key[at].isspace()))
    return list(dict.fromkeys(key[at : at + MAX_START] for at in (0, *places)))


def typed_start(typed: str) -> str:
    """Return the beginning that is looked for of what somebody typed."""
    return folded(typed.strip())[:MAX_START]
