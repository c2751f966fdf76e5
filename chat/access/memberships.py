"""Who belongs to rooms: added, given a role, removed.

Whatever takes a right away locks the room's row, for which every write to the room waits, and
counts `access` up: nothing of theirs gets in afterwards, and every process notices. It is for the
caller to publish it (`Feed.apply_access`, or `announce.room_changed`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Membership, Notice, Person, Room
from chat.rules.errors import ChatError, not_found

# By hand, because it runs for every batch of joining members: 0.06 ms for each of 25, and 0.16
# through the ORM.
NEWCOMERS = (
    "INSERT INTO chat_membership"
    " (level, hidden, created_at, room_id, person_id, role, invitation_id, last_read)"
    " SELECT %s, %s, %s, r.id, n.column2, n.column3, CAST(n.column4 AS bigint),"
    " COALESCE(CAST(n.column5 AS bigint), r.last_seq)"
    " FROM (VALUES {people}) n JOIN ("
    "SELECT id, last_seq FROM chat_room WHERE id IN ({rooms}) ORDER BY id {lock}"
    ") r ON r.id = n.column1"
    # Without a condition SQLite would take ON for a part of the JOIN.
    # In one order, or two processes could wait for each other.
    " WHERE 1 = 1 ORDER BY r.id, n.column2 ON CONFLICT DO NOTHING"
)
# Where several write at once: waits for the end of a room that is being deleted, and finds it gone.
# Else the statement would fail, for all. In the order in which others lock rooms.
ROOMS_LOCK = "FOR KEY SHARE"


class NewMembership(NamedTuple):
    """Somebody's place in a room that they came into, to be stored; without `last_read` they have
    read what is there then.

    No model: to make one took a fifth of what storing it does.
    """

    room_id: int
    person_id: int
    role: str = Membership.Role.MEMBER.value
    invitation_id: int | None = None
    last_read: int | None = None


def add_newcomers(newcomers: Sequence[NewMembership]) -> list[ChatError | None]:
    """Store memberships of people who came into rooms, in one statement. Return `not_found` for
    those whose room is gone, else None.

    Whoever belongs to a room already, or is banned there, stays as they are.
    """
    created_at = connection.ops.adapt_datetimefield_value(timezone.now())
    rooms = {newcomer.room_id for newcomer in newcomers}
    values = [Membership.Level.EVERYTHING.value, False, created_at]
    statement = NEWCOMERS.format(
        people=", ".join(map(_row_of, newcomers)),
        rooms=", ".join(map(_number, rooms)),
        lock=ROOMS_LOCK if connection.features.has_select_for_update else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values + [newcomer.role for newcomer in newcomers])
        if cursor.rowcount == len(newcomers):
            return [None] * len(newcomers)
    there = _newest(rooms)
    return [None if newcomer.room_id in there else not_found() for newcomer in newcomers]


def _row_of(newcomer: NewMembership) -> str:
    """Return a row of the statement, which takes the role as its parameter."""
    room_id, person_id, _role, invitation_id, last_read = newcomer
    return f"({room_id:d}, {person_id:d}, %s, {_number(invitation_id)}, {_number(last_read)})"


def _number(value: int | None) -> str:
    """Return a number as SQL. It needs no quotes, and costs 1 us less than a parameter."""
    return "NULL" if value is None else f"{value:d}"


class ReadMark(NamedTuple):
    """How far somebody has read in a room."""

    room_id: int
    person_id: int
    seq: int


def store_read_marks(marks: Sequence[ReadMark]) -> list[int | None]:
    """Store how far people have read; return the seq that is new for the first mark that says it,
    None for all others.

    Never backwards, nor past the newest message; of whoever does not belong to the room nothing is
    kept, and what means them there is forgotten so far. Not under the room's lock, for which every
    write to it waits.
    """
    furthest: dict[tuple[int, int], int] = {}
    for mark in marks:
        key = mark.room_id, mark.person_id
        furthest[key] = max(mark.seq, furthest.get(key, 0))
    newest = _newest({mark.room_id for mark in marks})
    moved = {}
    with transaction.atomic():
        # In one order, so that two processes cannot deadlock.
        for room_id, person_id in sorted(furthest):
            seq = min(furthest[room_id, person_id], newest.get(room_id, 0))
            own = Membership.objects.filter(room=room_id, person=person_id, banned_at=None)
            if own.filter(last_read__lt=seq).update(last_read=seq):
                moved[room_id, person_id] = seq
        _forget_notices({key: seq for key, seq in furthest.items() if key not in moved})

    def outcome(mark: ReadMark) -> int | None:
        key, seq = (mark.room_id, mark.person_id), min(mark.seq, newest.get(mark.room_id, 0))
        return moved.pop(key) if moved.get(key) == seq else None

    return [outcome(mark) for mark in marks]


def _forget_notices(read: Mapping[tuple[int, int], int]) -> None:
    """Forget what means people in rooms to which they do not belong, by room and person up to the
    seq that they have read."""
    rooms, people = {room_id for room_id, _ in read}, {person_id for _, person_id in read}
    own = Membership.objects.filter(room=OuterRef("room"), person=OuterRef("person"))
    elsewhere = Notice.objects.filter(~Exists(own), room__in=rooms, person__in=people)
    forgotten = [n.pk for n in elsewhere if n.seq <= read.get((n.room_id, n.person_id), 0)]
    Notice.objects.filter(pk__in=forgotten).delete()


def _newest(room_ids: Collection[int]) -> dict[int, int]:
    """Return the seqs of rooms' newest messages."""
    return dict(Room.objects.filter(pk__in=room_ids).values_list("pk", "last_seq"))


@contextmanager
def changed_access(room_id: int) -> Iterator[Room]:
    """Lock a room while who may do what in it is changed. Raises ChatError `not_found`."""
    with locked_room(room_id) as room:
        yield room
        room.access += 1
        room.save(update_fields=["access"])


@contextmanager
def locked_room(room_id: int, *, to_delete: bool = False) -> Iterator[Room]:
    """Lock a room: nobody writes there meanwhile; `to_delete`: nobody comes in either. Raises
    ChatError `not_found`."""
    lock = Room.objects.locked_to_delete if to_delete else Room.objects.locked
    with transaction.atomic():
        room = lock([room_id]).first()
        if room is None:
            raise not_found()
        yield room


def set_role(room_id: int, person: Person, role: str) -> Membership:
    """Set somebody's role in a room; they belong to it from now on, also if they were banned."""
    with changed_access(room_id) as room:
        return put_in(room, person, role)


def put_in(room: Room, person: Person, role: str) -> Membership:
    """Set somebody's role in a room that is locked. For who was not in it, what is there counts as
    read, also what was written while they were banned."""
    banned = Membership.objects.filter(room=room, person=person, banned_at__isnull=False)
    banned.update(last_read=room.last_seq)
    membership, _ = Membership.objects.update_or_create(
        room=room,
        person=person,
        defaults={"role": role, "banned_at": None},
        create_defaults={"role": role, "last_read": room.last_seq},
    )
    membership.person = person
    return membership


def remove(room_id: int, person: Person, *, ban: bool = False) -> None:
    """Remove somebody from a room; whoever is banned may not come in again."""
    with changed_access(room_id) as room:
        take_out(room, person, ban=ban)


def take_out(room: Room, person: Person, *, ban: bool) -> None:
    """Remove somebody from a room that is locked."""
    if ban:
        banned = {"role": Membership.Role.MEMBER, "banned_at": timezone.now()}
        Membership.objects.update_or_create(room=room, person=person, defaults=banned)
    else:
        delete(Membership.objects.filter(room=room, person=person))


def delete(memberships: QuerySet[Membership]) -> None:
    """Delete memberships. How far somebody has read goes with them, so what means them up to there
    is deleted, too: else it would be unread."""
    read = memberships.filter(
        room=OuterRef("room"), person=OuterRef("person"), last_read__gte=OuterRef("seq")
    )
    rooms, people = memberships.values("room"), memberships.values("person")
    Notice.objects.filter(Exists(read), room__in=rooms, person__in=people).delete()
    memberships.delete()


def set_level(person: Person, room_id: int, level: str) -> None:
    """Set what somebody wants to hear of a room. Raises ChatError for who does not belong to it."""
    own = Membership.objects.filter(person=person, room_id=room_id, banned_at=None)
    if not own.update(level=level):
        raise not_a_member()


def not_a_member() -> ChatError:
    """Return the error for somebody who may read a room, and does not belong to it."""
    return ChatError("forbidden", _("You do not belong to this room. Join it as a member first."))
