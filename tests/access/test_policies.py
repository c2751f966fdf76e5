"""Who may read, write and create rooms, and what a message may be."""

import pytest
from django.utils import timezone

from chat.access import policies
from chat.access.policies import (
    Action,
    check_may_create,
    check_may_read,
    clean_body,
    may,
    refusal_of_length,
    refusal_to_write,
)
from chat.models import Configuration, Person, Room
from chat.rules.errors import ChatError

GUEST, MEMBER, BOT = (Person(name=str(kind), kind=kind) for kind in Person.Kind)
CHARLIE = Person(name="Charlie", kind=Person.Kind.MEMBER, blocked_at=timezone.now())
OPEN, CLOSED = Room(slug="open"), Room(slug="closed", closed=True)
FREE = Configuration()


@pytest.mark.parametrize("room", [OPEN, CLOSED])
@pytest.mark.parametrize("person", [GUEST, MEMBER, BOT, None])
def test_everybody_may_read_a_public_room(person, room):
    assert may(person, Action.READ, room)
    check_may_read(person, room)


def test_a_room_one_may_not_read_is_not_found(monkeypatch):
    monkeypatch.setattr(policies, "may", lambda person, action, room: False)
    with pytest.raises(ChatError) as refusal:
        check_may_read(MEMBER, OPEN)
    assert refusal.value.code == "not_found"


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
    assert refusal_to_write(person, room, guests_may_write) is None
    assert may(person, Action.WRITE, room, guests_may_write=guests_may_write)


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
    refusal = refusal_to_write(person, room, guests_may_write)
    assert refusal.code == "forbidden"
    assert refusal.message.endswith(".")
    assert not may(person, Action.WRITE, room, guests_may_write=guests_may_write)


def test_nobody_writes_without_saying_who_they_are():
    assert not may(None, Action.WRITE, OPEN, guests_may_write=True)


def test_guests_write_only_where_that_is_said():
    assert not may(GUEST, Action.WRITE, OPEN)


def test_a_blocked_person_gets_one_refusal_in_all_rooms():
    refusals = {refusal_to_write(CHARLIE, room, True).message for room in (OPEN, CLOSED)}
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
