"""Whom somebody may mention or write to, and finding them by their names."""

from collections.abc import Collection
from functools import lru_cache
from unicodedata import category, normalize

from chat.models import Person
from chat.rules.errors import no_such_person
from chat.rules.names import name_key

MAX_FOUND = 20


def find_people(asker: Person, typed: str) -> list[Person]:
    """Return those with a name, or a word of it, that begins as `typed`, whatever its case and
    marks; the names that begin so come first, MAX_FOUND at most.

    A guest knows nobody but who is in a room with them, which `members` says.
    """
    if asker.kind == Person.Kind.GUEST:
        return []
    # In Python, because no database folds marks as names do: 10 ms for 10,000 members.
    wanted = folded(typed.strip())
    names = Person.objects.reachable().exclude(pk=asker.pk).order_by().values_list("pk", "name")
    keys = [(folded(name), pk) for pk, name in names]
    found = [(not key.startswith(wanted), key, pk) for key, pk in keys if has_word(key, wanted)]
    chosen = [pk for *_, pk in sorted(found)[:MAX_FOUND]]
    people = Person.objects.in_bulk(chosen)
    return [people[pk] for pk in chosen if pk in people]


def people_to_write_to(asker: Person, ids: Collection[str]) -> list[Person]:
    """Return the others of some people, by their ids. Raises ChatError for one who is not among
    those that `asker` may write to: nobody learns whether there is such a person."""
    wanted = set(ids) - {asker.public_id}
    people = list(Person.objects.reachable().filter(public_id__in=wanted))
    if len(people) < len(wanted):
        raise no_such_person()
    return people


@lru_cache(10_000)
def folded(name: str) -> str:
    """Return a name without its case and marks."""
    letters = (c for c in normalize("NFKD", name_key(name)) if category(c) != "Mn")
    return "".join(letters).casefold()


def has_word(name: str, wanted: str) -> bool:
    """Whether a name has a word that begins as `wanted`; both are folded."""
    at = name.find(wanted)
    while at > 0 and name[at - 1].isalnum():
        at = name.find(wanted, at + 1)
    return at >= 0
