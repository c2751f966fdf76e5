"""Whom somebody may mention or write to, and finding them by their names."""

from collections.abc import Collection

from chat.models import Person
from chat.rules.errors import no_such_person
from chat.rules.finding import typed_start

MAX_FOUND = 20


def find_people(asker: Person, typed: str) -> list[Person]:
    """Return those with a name, or a word of it, that begins as `typed`, whatever its case and
    marks; the names that begin so come first, MAX_FOUND at most.

    A guest knows nobody but who is in a room with them, which `members` says.
    """
    if asker.kind == Person.Kind.GUEST:
        return []
    others = Person.objects.reachable().exclude(pk=asker.pk)
    found: dict[int, Person] = {}
    # By several words somebody may come several times.
    for is_whole, most in ((True, MAX_FOUND), (False, 4 * MAX_FOUND)):
        if len(found) < MAX_FOUND:
            matches = others.beginning_as(typed_start(typed), is_whole=is_whole)
            for person in matches[:most]:
                found.setdefault(person.pk, person)
    return list(found.values())[:MAX_FOUND]


def people_to_write_to(asker: Person, ids: Collection[str]) -> list[Person]:
    """Return the others of some people, by their ids. Raises ChatError for one who is not among
    those that `asker` may write to: nobody learns whether there is such a person."""
    wanted = set(ids) - {asker.public_id}
    people = list(Person.objects.reachable().filter(public_id__in=wanted))
    if len(people) < len(wanted):
        raise no_such_person()
    return people
