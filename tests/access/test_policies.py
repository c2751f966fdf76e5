"""Who may read, write and create rooms, and what a message may be."""

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from chat.access.policies import (
    Action,
    check_may_create,
    check_may_read,
    clean_body,
    may,
    refusal_of_length,
    refusal_to_write,
)
from chat.access.shown import rights_in
from chat.models import Configuration, Membership, Person, Room
from chat.rules.errors import ChatError

GUEST, MEMBER, BOT = (Person(name=str(kind), kind=kind) for kind in Person.Kind)
CHARLIE = Person(name="Charlie", kind=Person.Kind.MEMBER, blocked_at=timezone.now())
ADMIN = get_user_model()(pk=1, is_staff=True)
STAFF = Person(name="Sam", kind=Person.Kind.MEMBER, user=ADMIN)
PRIVATE, DIRECT = Room(slug="club", kind="private"), Room(slug="us", kind="direct")
LOCKED = Room(slug="safe", password="a hash")
OPEN, CLOSED = Room(slug="open"), Room(slug="closed", closed=True)
FREE = Configuration()


@pytest.mark.parametrize("room", [OPEN, CLOSED])
@pytest.mark.parametrize("person", [GUEST, MEMBER, BOT, None])
def test_everybody_may_read_a_public_room(person, room):
    assert may(person, Action.READ, room, None)
    check_may_read(person, room, None)


@pytest.mark.parametrize("room", [PRIVATE, DIRECT, LOCKED])
@pytest.mark.parametrize("person", [GUEST, MEMBER, BOT, STAFF, None])
def test_a_room_that_is_not_open_is_not_found_for_who_does_not_belong_to_it(person, room):
    with pytest.raises(ChatError) as refusal:
        check_may_read(person, room, None)
    assert refusal.value.code == "not_found"
    assert may(person, Action.READ, room, Membership())


@pytest.mark.parametrize("room", [OPEN, PRIVATE])
def test_whoever_is_banned_may_do_nothing(room):
    banned = Membership(role="owner", banned_at=timezone.now())
    for action in Action:
        assert not may(MEMBER, action, room, banned, guests_may_write=True)


@pytest.mark.parametrize(
    ("person", "role", "room", "allowed"),
    [
        (MEMBER, "owner", PRIVATE, {"WRITE", "INVITE", "MODERATE", "MANAGE"}),
        (MEMBER, "moderator", PRIVATE, {"WRITE", "INVITE", "MODERATE"}),
        (MEMBER, "member", PRIVATE, {"WRITE", "INVITE"}),
        (MEMBER, "reader", PRIVATE, set()),
        (GUEST, "member", PRIVATE, {"WRITE"}),
        (MEMBER, "member", DIRECT, {"WRITE"}),
        (STAFF, "member", DIRECT, {"WRITE"}),
        (STAFF, "member", PRIVATE, {"WRITE", "INVITE", "MODERATE"}),
        (STAFF, None, PRIVATE, {"MODERATE"}),
        (STAFF, None, OPEN, {"WRITE", "MODERATE", "MANAGE"}),
        (MEMBER, None, OPEN, {"WRITE"}),
        (CHARLIE, "owner", PRIVATE, set()),
    ],
)
def test_what_a_role_allows(person, role, room, allowed):
    membership = Membership(role=role) if role else None
    actions = [action for action in Action if action is not Action.READ]
    assert {a.name for a in actions if may(person, a, room, membership)} == allowed


@pytest.mark.parametrize(
    ("person", "role", "room", "told"),
    [
        (MEMBER, "owner", PRIVATE, ["invite", "moderate", "manage"]),
        (MEMBER, "member", PRIVATE, ["invite"]),
        (MEMBER, "reader", OPEN, []),
        (GUEST, "member", PRIVATE, []),
        (STAFF, "member", PRIVATE, ["invite", "moderate"]),
        (STAFF, "member", LOCKED, ["invite", "moderate", "manage"]),
        (STAFF, "member", DIRECT, []),
        (CHARLIE, "owner", PRIVATE, []),
    ],
)
def test_somebody_is_told_what_they_may_do_besides_reading_and_writing(person, role, room, told):
    assert rights_in(person, room, Membership(role=role)) == told


@pytest.mark.parametrize(
    ("person", "room", "guests_may_write"),
    [
        (GUEST, OPEN, True),
        (MEMBER, OPEN, True),
        (BOT, OPEN, True),
        (MEMBER, OPEN, False),
        (BOT, OPEN, False),
    ],
)
def test_who_may_write(person, room, guests_may_write):
    assert refusal_to_write(person, room, None, guests_may_write) is None
    assert may(person, Action.WRITE, room, None, guests_may_write=guests_may_write)


@pytest.mark.parametrize(
    ("person", "room", "guests_may_write"),
    [
        (CHARLIE, OPEN, True),
        (GUEST, CLOSED, True),
        (MEMBER, CLOSED, True),
        (BOT, CLOSED, True),
        (GUEST, OPEN, False),
    ],
)
def test_who_may_not_write_is_refused_with_a_reason(person, room, guests_may_write):
    refusal = refusal_to_write(person, room, None, guests_may_write)
    assert refusal.code == "forbidden"
    assert refusal.message.endswith(".")
    assert not may(person, Action.WRITE, room, None, guests_may_write=guests_may_write)


def test_nobody_writes_without_saying_who_they_are():
    assert not may(None, Action.WRITE, OPEN, None, guests_may_write=True)


def test_guests_write_only_where_that_is_said():
    assert not may(GUEST, Action.WRITE, OPEN, None)


def test_a_blocked_person_gets_one_refusal_in_all_rooms():
    refusals = {refusal_to_write(CHARLIE, room, None, True).message for room in (OPEN, CLOSED)}
    assert len(refusals) == 1


def test_a_missing_room_is_not_found_where_joining_creates_none():
    check_may_create(GUEST, Configuration(joining_creates_rooms=True))
    with pytest.raises(ChatError) as refusal:
        check_may_create(MEMBER, Configuration(joining_creates_rooms=False))
    assert refusal.value.code == "not_found"


def test_who_may_not_write_creates_no_rooms():
    check_may_create(MEMBER, Configuration(guests_may_write=False))
    with pytest.raises(ChatError) as refusal:
        check_may_create(GUEST, Configuration(guests_may_write=False))
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("body", ["a", "  a\n", "a\u200d", "\u202ea", "<script>", "x" * 4000])
def test_a_message_is_stored_as_it_was_typed(body):
    assert clean_body(body) == body


@pytest.mark.parametrize(
    "body", ["", " ", "\n\t\r", "\u00a0\u3000", "\u200b\u2060", "a\x00b", "\x00"]
)
def test_a_message_of_nothing_or_with_a_nul_is_refused(body):
    with pytest.raises(ChatError) as refusal:
        clean_body(body)
    assert refusal.value.code == "bad_request"


def test_a_message_over_the_limit_is_refused_with_the_limit():
    refusal = refusal_of_length("four", Configuration(max_body=3))
    assert refusal.code == "too_long"
    assert "up to 3 characters" in refusal.message
    assert refusal_of_length("for", Configuration(max_body=3)) is None
