"""Whom messages mean: stored in the transaction that writes them, and read as what is unread.

A plain message costs nothing here. In a direct room every message means the others, and nothing is
stored of it: what is unread says it.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from django.db import connection
from django.db.models import Q

from chat.access import policies
from chat.access.policies import Action, Place
from chat.log.messages import Key, StoredMessage, select_keys
from chat.models import Membership, Notice, Person, Room

# The keys of people, None for everybody who belongs to the room, and why a message means them.
Meant = dict[int | None, str]

UNREAD = "m.banned_at IS NULL AND m.level <> 'nothing' AND x.author_id <> m.person_id"
MESSAGES = " JOIN chat_message x ON x.room_id = {0}.room_id AND x.seq {1}"
NOTICES = (
    "SELECT n.room_id, n.seq, n.why, x.created_at FROM chat_membership m"  # noqa: S608
    " JOIN chat_notice n ON n.room_id = m.room_id AND n.seq > m.last_read AND n.person_id {}"
    f" {MESSAGES.format('n', '= n.seq')} WHERE m.person_id = %s AND {UNREAD}"
)
DIRECT = (
    "SELECT x.room_id, x.seq, 'direct', x.created_at FROM chat_membership m"  # noqa: S608
    f" JOIN chat_room r ON r.id = m.room_id {MESSAGES.format('m', '> m.last_read')}"
    f" WHERE m.person_id = %s AND r.kind = '{Room.Kind.DIRECT}' AND x.deleted_at IS NULL"
    f" AND {UNREAD}"
)
# In rooms that are open to all, of who was never there.
ELSEWHERE = (
    "SELECT n.room_id, n.seq, n.why, x.created_at FROM chat_notice n"  # noqa: S608
    f" JOIN chat_room r ON r.id = n.room_id {MESSAGES.format('n', '= n.seq')}"
    " LEFT JOIN chat_membership m ON m.room_id = n.room_id AND m.person_id = n.person_id"
    " WHERE n.person_id = %s AND m.id IS NULL"
    f" AND r.kind = '{Room.Kind.PUBLIC}' AND r.password = ''"
)
NEWEST = " UNION ALL ".join(
    (NOTICES.format("= m.person_id"), NOTICES.format("IS NULL"), DIRECT, ELSEWHERE)
)


class NoticedRoom(Place):
    """A room as a transaction holds it."""

    id: int


class Told(NamedTuple):
    """Somebody who is to be told of a message: their public id, and why."""

    person: str
    why: str


@dataclass(slots=True)
class Change:
    """Whom a message means since a write and did not before, or for another reason, and the other
    way round; `before` are those whom it meant then, and who are not told again.

    `told` is filled when it is stored.
    """

    room: NoticedRoom
    message: StoredMessage
    added: Meant
    removed: Collection[int | None] = ()
    before: Collection[int | None] = ()
    told: list[Told] = field(default_factory=list)


def people_meant(room: NoticedRoom, message: StoredMessage) -> Meant:
    """Return whom a message means, as far as that is stored."""
    if message.is_deleted or room.kind == Room.Kind.DIRECT:
        return {}
    meant: Meant = {None: Notice.Why.MENTION} if message.mentions_all else {}
    for person in message.mentioned:
        meant[person.pk] = Notice.Why.MENTION
    if message.original is not None:
        meant.setdefault(message.original.author_id, Notice.Why.REPLY)
    meant.pop(message.author_id, None)
    return meant


def of_new(room: NoticedRoom, message: StoredMessage) -> Change | None:
    """Return what a new message changes; None for one that means nobody."""
    if room.kind == Room.Kind.DIRECT:
        return Change(room, message, {None: "direct"})
    if not (message.mentioned or message.mentions_all or message.original):
        return None
    meant = people_meant(room, message)
    return Change(room, message, meant) if meant else None


def of_changed(room: NoticedRoom, before: StoredMessage, now: StoredMessage) -> Change | None:
    """Return what a change of a message changes; None where it means the same people."""
    former, meant = people_meant(room, before), people_meant(room, now)
    added = {key: why for key, why in meant.items() if former.get(key) != why}
    removed = {key for key, why in former.items() if meant.get(key) != why}
    return Change(room, now, added, removed, former.keys()) if added or removed else None


# Storing


def store_meant(changes: Sequence[Change]) -> None:
    """Store whom messages mean now, of those who may read them, and fill in who is to be told."""
    candidates = _Candidates([change for change in changes if change.added])
    candidates.show_again()
    rows: list[Notice] = []
    for change in changes:
        if change.removed:
            # A write before it in this batch may have added it.
            _store(rows)
            rows = []
            _remove(change)
        rows += _rows(change, candidates)
    _store(rows)


def _store(rows: Sequence[Notice]) -> None:
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _remove(change: Change) -> None:
    people = Q(person__in=[key for key in change.removed if key is not None])
    if None in change.removed:
        people |= Q(person=None)
    Notice.objects.filter(people, room=change.room.id, seq=change.message.seq).delete()


def _rows(change: Change, candidates: "_Candidates") -> Iterable[Notice]:
    """Yield the rows of a change, and fill in who is to be told."""
    room, seq = change.room, change.message.seq
    told: dict[int, Told] = {}
    for key, why in change.added.items():
        found = candidates.everybody_in(room) if key is None else candidates.find(key, room)
        for person, membership in found:
            is_known = person.pk in change.before or (membership and None in change.before)
            is_author = person.pk == change.message.author_id
            if not (is_known or is_author) and _wants_to_hear(membership):
                told.setdefault(person.pk, Told(person.public_id, why))
        if why != "direct" and (key is None or found):
            yield Notice(person_id=key, room_id=room.id, seq=seq, why=why)
    change.told += told.values()


def _wants_to_hear(membership: Membership | None) -> bool:
    return membership is None or membership.level != Membership.Level.NOTHING


Candidate = tuple[Person, Membership | None]


class _Candidates:
    """The people whom some changes may concern, as they are in this transaction."""

    def __init__(self, changes: Sequence[Change]):
        rooms = {change.room.id for change in changes if None in change.added}
        named = {key for change in changes for key in change.added if key is not None}
        places = Membership.objects.filter(
            Q(room__in=rooms) | Q(room__in={c.room.id for c in changes}, person__in=named)
        ).order_by()
        self._places = {(place.room_id, place.person_id): place for place in places}
        people = named | {person_id for _, person_id in self._places}
        self._people = Person.objects.filter(blocked_at=None).in_bulk(people) if people else {}

    def show_again(self) -> None:
        """Show a direct room again in the lists of those who had hidden it."""
        hidden = [place.pk for place in self._places.values() if place.hidden]
        if hidden:
            Membership.objects.filter(pk__in=hidden).update(hidden=False)

    def find(self, person_id: int, room: NoticedRoom) -> list[Candidate]:
        """Return somebody, where they may read a room and are somebody tomorrow, too."""
        person, place = self._people.get(person_id), self._places.get((room.id, person_id))
        if person is None or not policies.may(person, Action.READ, room, place):
            return []
        return [] if place is None and person.kind == Person.Kind.GUEST else [(person, place)]

    def everybody_in(self, room: NoticedRoom) -> list[Candidate]:
        """Return those who belong to a room."""
        keys = [person_id for room_id, person_id in self._places if room_id == room.id]
        return [found for key in keys for found in self.find(key, room)]


# What is unread


class UnreadNotice(NamedTuple):
    """A message that means somebody who has not read it yet."""

    room: Room
    why: str
    message: StoredMessage


def unread_notices(person: Person, limit: int) -> list[UnreadNotice]:
    """Return the messages that mean somebody and that they have not read, the newest first."""
    with connection.cursor() as cursor:
        # All messages of a batch have one time.
        newest = f"{NEWEST} ORDER BY 4 DESC, 2 DESC LIMIT %s"
        # Of a message that means everybody, and them beside, there are two rows.
        cursor.execute(newest, [*[person.pk] * NEWEST.count("%s"), 2 * limit])
        whys: dict[Key, str] = {}
        for room_id, seq, why, _ in cursor.fetchall():
            if why == Notice.Why.MENTION or (room_id, seq) not in whys:
                whys[room_id, seq] = why
    whys = dict(islice(whys.items(), limit))
    messages = select_keys(whys)
    rooms = Room.objects.in_bulk({room_id for room_id, _ in whys})
    return [
        UnreadNotice(rooms[key[0]], why, messages[key])
        for key, why in whys.items()
        if key in messages and key[0] in rooms
    ]
