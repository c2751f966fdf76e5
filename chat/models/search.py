"""Searches regardless of case on SQLite: it folds ASCII alone, so “привет” would not find “ПРИВЕТ”.

The lookups `icontains` and `iexact`, which the admin's searches use, call functions of ours for
other letters. ASCII stays with SQLite's LIKE, which is several times faster.
"""

import unicodedata
from functools import lru_cache

from django.db.models import CharField, TextField
from django.db.models.lookups import IContains, IExact


@lru_cache(100)
def spellings(term: str) -> tuple[str, ...]:
    """Return a term as it may stand in a folded text: composed and decomposed.

    The texts are not normalized: that takes time in the square of a run of combining marks.
    """
    forms = (term, unicodedata.normalize("NFC", term), unicodedata.normalize("NFD", term))
    return tuple(dict.fromkeys(form.casefold() for form in forms))


def contains(text: str | None, term: str) -> bool:
    """Whether a text has a term in it, in any case."""
    folded = (text or "").casefold()
    return any(spelling in folded for spelling in spellings(term))


def equals(text: str | None, term: str) -> bool:
    """Whether a text is a term, in any case."""
    return (text or "").casefold() in spellings(term)


class AnyCase:
    """A lookup that calls a function of ours on SQLite, for a term that is not ASCII."""

    function: str

    def as_sqlite(self, compiler, connection):
        if not isinstance(self.rhs, str) or self.rhs.isascii():
            return super().as_sql(compiler, connection)
        lhs, parameters = self.process_lhs(compiler, connection)
        return f"{self.function}({lhs}, %s)", [*parameters, self.rhs]


class ContainsInAnyCase(AnyCase, IContains):
    function = "CHAT_CONTAINS"


class EqualsInAnyCase(AnyCase, IExact):
    function = "CHAT_EQUALS"


def register_lookups() -> None:
    """Use these lookups for all columns of text."""
    for field in (CharField, TextField):
        field.register_lookup(ContainsInAnyCase)
        field.register_lookup(EqualsInAnyCase)


def add_functions(connection, **kwargs) -> None:
    """Add the functions to a new connection to SQLite; a receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        for name, function in (("CHAT_CONTAINS", contains), ("CHAT_EQUALS", equals)):
            connection.connection.create_function(name, 2, function, deterministic=True)
