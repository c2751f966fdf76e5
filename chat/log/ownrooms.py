"""The rooms that people belong to, as their lists have them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from django.db import connection

from chat.log.rooms import MANY, Head
from chat.models import Membership, Room

# Of so many conditions, of which one has to be true, SQLite makes no tree that is too deep.
ALTERNATIVES = 500

# Somebody's place in a room by the keys of both, or in all their rooms where the room is None.
Sought = tuple[int, int | None]

_UNREAD = (
    "(SELECT COUNT(*) FROM chat_notice n WHERE n.room_id = m.room_id AND n.seq > m.last_read"
    " AND n.person_id {})"
)
_BY_OTHERS = (
    "m.person_id <> (SELECT author_id FROM chat_message x"
    " WHERE x.room_id = n.room_id AND x.seq = n.seq)"
)
# It counts among those that mean a person.
_NOT_BY_NAME = (
    "NOT EXISTS (SELECT 1 FROM chat_notice o WHERE o.room_id = n.room_id AND o.seq = n.seq"
    " AND o.person_id = m.person_id)"
)
_OTHERS = (
    "FROM chat_message x WHERE x.room_id = m.room_id AND x.seq > m.last_read"
    " AND x.author_id <> m.person_id"
)
# Up to the first message of somebody else, which is near: what one wrote oneself is read.
_READ_UP_TO = f"COALESCE((SELECT x.seq {_OTHERS} ORDER BY x.seq LIMIT 1) - 1, r.last_seq)"
# In a direct room all that the others write means one, and nothing is stored of it.
_DIRECT = (
    f"CASE r.kind WHEN '{Room.Kind.DIRECT}'"
    f" THEN (SELECT COUNT(*) {_OTHERS} AND x.deleted_at IS NULL) ELSE 0 END"
)
# One statement, so that a room's version and the notices are of one moment: what was written after
# it is found by comparing versions.
OWN_ROOMS = (
    f"SELECT m.person_id, m.room_id, m.role, m.last_read, {_READ_UP_TO}, m.level, m.hidden,"  # noqa: S608
    # Two, so that an index leads to each. Who addresses everybody does not mean themselves.
    f" {_UNREAD.format('= m.person_id')}"
    f" + {_UNREAD.format(f'IS NULL AND {_BY_OTHERS} AND {_NOT_BY_NAME}')}"
    f" + {_DIRECT},"
    f" {', '.join(f'r.{name}' for name in Head._fields)}"
    " FROM chat_membership m JOIN chat_room r ON r.id = m.room_id"
    " WHERE m.banned_at IS NULL AND"
)
PEOPLE = (
    "SELECT m.room_id, p.public_id, p.name, p.kind FROM chat_membership m"
    " JOIN chat_person p ON p.id = m.person_id"
    " WHERE m.banned_at IS NULL AND m.room_id IN ({}) ORDER BY m.id"
)
NOTICED = "SELECT room_id, person_id FROM chat_notice WHERE"
AUTHORS = "SELECT room_id, seq, author_id FROM chat_message WHERE"


class OwnRoom(NamedTuple):
    """Somebody's place in a room; `mentions` counts the unread messages that mean them.

    `last_read` is the mark that is stored. What they have written themselves directly after it is
    read, too: up to `read_up_to`.
    """

    room_id: int
    role: str
    last_read: int
    read_up_to: int
    level: str
    hidden: bool
    mentions: int


class Listed(NamedTuple):
    """What is shown of somebody whom a direct room is between."""

    public_id: str
    name: str
    kind: str


class OwnRooms(NamedTuple):
    """The places that were sought, by the person's key, with their rooms by their keys: the heads,
    and of direct ones the people."""

    places: dict[int, dict[int, OwnRoom]]
    heads: dict[int, Head]
    people: dict[int, list[Listed]]


def own_rooms(sought: Collection[Sought]) -> OwnRooms:
    """Return places in rooms as they are now; of rooms that somebody does not belong to, none."""
    places: dict[int, dict[int, OwnRoom]] = {person_id: {} for person_id, _ in sought}
    heads: dict[int, Head] = {}
    split = 1 + len(OwnRoom._fields)
    with connection.cursor() as cursor:
        for condition, values in _conditions(sought):
            cursor.execute(f"{OWN_ROOMS} {condition}", values)
            for row in cursor.fetchall():
                places[row[0]][row[1]] = OwnRoom(*row[1:split])
                if row[1] not in heads:
                    heads[row[1]] = Head(*row[split:])
    return OwnRooms(places, heads, people_of_direct_rooms(heads))


def people_of_direct_rooms(heads: dict[int, Head]) -> dict[int, list[Listed]]:
    """Return whom those of some rooms are between that are direct ones."""
    direct = [room_id for room_id, head in heads.items() if head.kind == Room.Kind.DIRECT]
    people: dict[int, list[Listed]] = {room_id: [] for room_id in direct}
    for some in _parts(direct):
        with connection.cursor() as cursor:
            cursor.execute(PEOPLE.format(_places(some)), some)
            for room_id, *row in cursor.fetchall():
                people[room_id].append(Listed(*row))
    return people


def people_of(room_id: int) -> set[int]:
    """Return who belongs to a room, those who are banned among them."""
    return set(Membership.objects.filter(room=room_id).values_list("person", flat=True))


def noticed_since(seqs: dict[int, int]) -> list[tuple[int, int | None]]:
    """Return whom messages of some rooms mean that came after a seq: the keys of room and person,
    None for everybody."""
    return _since(NOTICED, seqs)


def authors_since(seqs: dict[int, int]) -> dict[int, dict[int, int]]:
    """Return who has written in some rooms after a seq: the keys of people, by room and seq."""
    authors: dict[int, dict[int, int]] = {room_id: {} for room_id in seqs}
    for room_id, seq, person_id in _since(AUTHORS, seqs):
        authors[room_id][seq] = person_id
    return authors


def _since(select: str, seqs: dict[int, int]) -> list[tuple]:
    found = []
    for some in _parts(list(seqs.items()), ALTERNATIVES):
        condition = " OR ".join(["(room_id = %s AND seq > %s)"] * len(some))
        with connection.cursor() as cursor:
            cursor.execute(f"{select} {condition}", [value for pair in some for value in pair])
            found += cursor.fetchall()
    return found


class Digest(NamedTuple):
    """What tells whether somebody's places in rooms are as they were, without all of them."""

    rooms: int
    read: int
    rights: int


_ROLES = {role: weight * 3 for weight, role in enumerate(Membership.Role.values)}
_LEVELS = {level: weight for weight, level in enumerate(Membership.Level.values)}
_HIDDEN = len(_ROLES) * 3


def digest_of(places: Iterable[OwnRoom]) -> Digest:
    """Return the digest of somebody's places."""
    rooms, read, rights = 0, 0, 0
    for own in places:
        weight = 1 + _ROLES[own.role] + _LEVELS[own.level] + _HIDDEN * own.hidden
        rooms, read, rights = rooms + 1, read + own.last_read, rights + own.room_id * weight
    return Digest(rooms, read, rights)


def _cases(column: str, weights: dict[str, int]) -> str:
    cases = " ".join(f"WHEN '{value}' THEN {weight}" for value, weight in weights.items())
    return f"CASE {column} {cases} ELSE 0 END"


DIGESTS = (
    "SELECT person_id, COUNT(*), SUM(last_read),"  # noqa: S608
    f" SUM(room_id * (1 + {_cases('role', _ROLES)} + {_cases('level', _LEVELS)}"
    f" + CASE WHEN hidden THEN {_HIDDEN} ELSE 0 END))"
    " FROM chat_membership WHERE banned_at IS NULL AND person_id IN ({}) GROUP BY person_id"
)


def digests(person_ids: Collection[int]) -> dict[int, Digest]:
    """Return the digests of people's places in rooms, of those who have any."""
    found = {}
    for some in _parts(list(person_ids)):
        with connection.cursor() as cursor:
            cursor.execute(DIGESTS.format(_places(some)), some)
            found |= {row[0]: Digest(*map(int, row[1:])) for row in cursor.fetchall()}
    return found


def _conditions(sought: Collection[Sought]) -> Iterator[tuple[str, list[int]]]:
    """Yield the conditions of few statements for what is sought, each with its values."""
    everywhere = {person_id for person_id, room_id in sought if room_id is None}
    for some in _parts(list(everywhere)):
        yield f"m.person_id IN ({_places(some)})", some
    by_room: dict[int, list[int]] = {}
    for person_id, room_id in sought:
        if room_id is not None and person_id not in everywhere:
            by_room.setdefault(room_id, []).append(person_id)
    if by_room:
        conditions = [
            f"(m.room_id = %s AND m.person_id IN ({_places(people)}))"
            for people in by_room.values()
        ]
        values = [value for room_id, people in by_room.items() for value in (room_id, *people)]
        yield f"({' OR '.join(conditions)})", values


def _parts(values: Sequence, size: int = MANY) -> Iterator[list]:
    return (list(values[first : first + size]) for first in range(0, len(values), size))


def _places(values: Collection) -> str:
    return ", ".join(["%s"] * len(values))
