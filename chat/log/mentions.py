"""Who is meant by a message: found before it is written, and read with it under their names now."""

from collections.abc import Collection, Iterator
from itertools import zip_longest
from typing import NamedTuple

from chat.access import policies
from chat.models import Membership, Message, Person, Room

NOBODY = {"mentions": None, "mentioned_as": None, "mentions_all": None}
COLUMNS = ("pk", "public_id", "name", "kind")


class Mentioned(NamedTuple):
    """What is shown of somebody who is mentioned; `was` is their name in the text, where they have
    another one now."""

    pk: int
    public_id: str
    name: str
    kind: str
    was: str | None = None


class Mentions(NamedTuple):
    """Who is meant by a message; `everybody` is "here" or "room" where it addresses all, and the
    first `chosen` of the people are those that the client named by their ids."""

    people: tuple[Mentioned, ...] = ()
    everybody: str | None = None
    chosen: int = 0

    @property
    def columns(self) -> dict[str, str | None]:
        """Return what is stored of it: people, and under which names the text has them."""
        if not (self.people or self.everybody):
            return NOBODY
        return {
            "mentions": " ".join(str(person.pk) for person in self.people) or None,
            "mentioned_as": "\n".join(person.was or person.name for person in self.people) or None,
            "mentions_all": self.everybody,
        }

    def in_edit(self, body: str, former: Collection[Mentioned]) -> "Mentions":
        """Return who is meant by the new text of a message: its names of before stay in it."""
        before = {person.pk: person.was for person in former if person.was}
        people = tuple(
            person._replace(was=before.get(person.pk))
            if f"@{before.get(person.pk)}".lower() in body.lower()
            else person
            for person in self.people
        )
        return self._replace(people=people)


def people_by_names(
    room_id: int, keys: Collection[str], present: Collection[str]
) -> dict[str, Mentioned]:
    """Return whom names mean in a room, by their keys: bots that belong there, members, and of all
    others those who are present; of several with one name the last of these."""
    people = Person.objects.filter(blocked_at=None, name_key__in=keys).order_by("pk")
    here = people.filter(public_id__in=present)
    found = (people.bots_of(room_id), people.members(), here)
    rows = [row for some in found for row in some.values_list("name_key", *COLUMNS)]
    return {key: Mentioned(*row) for key, *row in rows}


def people_by_ids(
    room_id: int, ids: Collection[str], present: Collection[str]
) -> tuple[Mentioned, ...]:
    """Return those of some people whom somebody in a room can know, in the order of `ids`: members,
    who is present, has written or belongs there. Else an id from elsewhere would say who it is."""
    people = Person.objects.filter(blocked_at=None, public_id__in=ids)
    rows = {row[1]: Mentioned(*row) for row in people.values_list(*COLUMNS)}
    others = [
        person
        for person in rows.values()
        if person.kind != Person.Kind.MEMBER and person.public_id not in present
    ]
    written = Message.objects.filter(room_id=room_id, author_id__in=[p.pk for p in others])
    authors = set(written.order_by().values_list("author_id", flat=True).distinct())
    places = Membership.objects.filter(room=room_id, person__in=[p.pk for p in others])
    known = authors | set(places.order_by().values_list("person_id", flat=True))
    unknown = {person.public_id for person in others if person.pk not in known}
    return tuple(rows[i] for i in dict.fromkeys(ids) if i in rows and i not in unknown)


def format_and_mentions(room_id: int, seq: int) -> tuple[str | None, list[Mentioned]]:
    """Return the format of a message, which no edit changes, and whom it mentions until now, but
    for the blocked; None and nobody where there is no message."""
    columns = ("format", "mentions", "mentioned_as")
    found = Message.objects.filter(room_id=room_id, seq=seq).order_by().values_list(*columns)
    for shown_as, people, names in found:
        former = read_people([(people, names)])[0] if people else []
        blocked = Person.objects.filter(pk__in=[p.pk for p in former], blocked_at__isnull=False)
        gone = set(blocked.values_list("pk", flat=True)) if former else ()
        return shown_as, [person for person in former if person.pk not in gone]
    return None, []


def is_moderator(person_id: int, room: Room) -> bool:
    """Whether somebody moderates a room, as it is in the database."""
    person = Person.objects.select_related("user").get(pk=person_id)
    own = room.memberships.filter(person=person).first()
    return policies.may(person, policies.Action.MODERATE, room, own)


def read_people(columns: Collection[tuple[str, str | None]]) -> list[list[Mentioned]]:
    """Return whom some messages mention, by their columns `mentions` and `mentioned_as`, in one
    query. Those who are gone are left out."""
    keys = {int(key) for people, _ in columns for key in people.split()}
    rows = Person.objects.filter(pk__in=keys).order_by().values_list(*COLUMNS)
    known = {row[0]: Mentioned(*row) for row in rows}
    return [list(_as_named(known, *column)) for column in columns]


def _as_named(known: dict[int, Mentioned], people: str, names: str | None) -> Iterator[Mentioned]:
    # Messages from before the names were stored have none.
    for key, name in zip_longest(map(int, people.split()), (names or "").split("\n")):
        if person := known.get(key):
            yield person._replace(was=name) if name and name != person.name else person
