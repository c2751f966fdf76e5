"""Who is meant by a message: found before it is written, and read with it under their names now."""

from collections.abc import Collection
from typing import NamedTuple

from django.contrib.auth import get_user_model

from chat.models import Message, Person

COLUMNS = ("pk", "public_id", "name", "kind")


class Mentioned(NamedTuple):
    """What is shown of somebody who is mentioned."""

    pk: int
    public_id: str
    name: str
    kind: str


class Mentions(NamedTuple):
    """Who is meant by a message; `everybody` is "here" or "room" where it addresses all."""

    people: tuple[Mentioned, ...] = ()
    everybody: str | None = None

    @property
    def column(self) -> str | None:
        """Return the people as they are stored."""
        if not self.people:
            return None
        return " ".join(str(person.pk) for person in self.people)


def people_by_names(keys: Collection[str], present: Collection[str]) -> dict[str, Mentioned]:
    """Return whom names mean, by their keys: members, and of all others those who are present."""
    people = Person.objects.filter(blocked_at=None).order_by("pk")
    members = people.members().filter(name_key__in=keys)
    here = people.filter(public_id__in=present, name_key__in=keys)
    rows = [row for some in (members, here) for row in some.values_list("name_key", *COLUMNS)]
    return {key: Mentioned(*row) for key, *row in rows}


def people_by_ids(
    room_id: int, ids: Collection[str], present: Collection[str]
) -> tuple[Mentioned, ...]:
    """Return those of some people whom somebody in a room can know, in the order of `ids`: members,
    who is present, who has written there. Else an id from elsewhere would say who it is."""
    people = Person.objects.filter(blocked_at=None, public_id__in=ids)
    rows = {row[1]: Mentioned(*row) for row in people.values_list(*COLUMNS)}
    others = [
        person
        for person in rows.values()
        if person.kind != Person.Kind.MEMBER and person.public_id not in present
    ]
    written = Message.objects.filter(room_id=room_id, author_id__in=[p.pk for p in others])
    authors = set(written.order_by().values_list("author_id", flat=True).distinct())
    unknown = {person.public_id for person in others if person.pk not in authors}
    return tuple(rows[i] for i in dict.fromkeys(ids) if i in rows and i not in unknown)


def format_of(room_id: int, seq: int) -> str | None:
    """Return the format of a message, which no edit changes; None where there is no message."""
    found = Message.objects.filter(room_id=room_id, seq=seq).order_by()
    return found.values_list("format", flat=True).first()


def is_moderator(person_id: int) -> bool:
    """Whether somebody has an account with access to the admin."""
    staff = get_user_model().objects.filter(person__pk=person_id, is_active=True, is_staff=True)
    return staff.exists()


def read_people(columns: Collection[str]) -> dict[int, Mentioned]:
    """Return the people of some messages' columns by their keys, in one query."""
    keys = {int(key) for column in columns for key in column.split()}
    rows = Person.objects.filter(pk__in=keys).order_by().values_list(*COLUMNS)
    return {row[0]: Mentioned(*row) for row in rows}
