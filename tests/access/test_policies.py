"""Who may write, and what a message may be."""

import pytest
from django.utils import timezone

from chat.access.policies import clean_body, may_write, refuse_creating, too_long
from chat.models import Configuration, Person, Room
from chat.rules.errors import ChatError

GUEST, MEMBER, BOT = (Person(name=str(kind), kind=kind) for kind in Person.Kind)
CHARLIE = Person(name="Charlie", kind=Person.Kind.MEMBER, blocked_at=timezone.now())
OPEN, CLOSED = Room(slug="open"), Room(slug="closed", closed=True)
FREE = Configuration()


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
    assert may_write(person, room, guests_may_write) is None


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
def test_who_may_not_write_is_told_why(person, room, guests_may_write):
    refusal = may_write(person, room, guests_may_write)
    assert refusal.code == "forbidden"
    assert refusal.message.endswith(".")


def test_a_blocked_person_hears_the_same_wherever_they_try():
    answers = {may_write(CHARLIE, room, True).message for room in (OPEN, CLOSED)}
    assert len(answers) == 1


def test_where_joining_makes_no_rooms_a_missing_room_is_not_found():
    refuse_creating(GUEST, Configuration(joining_creates_rooms=True))
    with pytest.raises(ChatError) as refusal:
        refuse_creating(MEMBER, Configuration(joining_creates_rooms=False))
    assert refusal.value.code == "not_found"


def test_who_may_not_write_makes_no_rooms_either():
    refuse_creating(MEMBER, Configuration(guests_may_write=False))
    with pytest.raises(ChatError) as refusal:
        refuse_creating(GUEST, Configuration(guests_may_write=False))
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("body", ["a", "  a\n", "a\u200d", "\u202ea", "<script>", "x" * 4000])
def test_a_message_is_kept_as_it_was_typed(body):
    assert clean_body(body) == body


@pytest.mark.parametrize(
    "body", ["", " ", "\n\t\r", "\u00a0\u3000", "\u200b\u2060", "a\x00b", "\x00"]
)
def test_a_message_of_nothing_or_with_a_nul_is_refused(body):
    with pytest.raises(ChatError) as refusal:
        clean_body(body)
    assert refusal.value.code == "bad_request"


def test_a_message_over_the_limit_is_refused_with_the_limit():
    refusal = too_long("four", Configuration(max_body=3))
    assert refusal.code == "too_long"
    assert "at most 3 characters" in refusal.message
    assert too_long("for", Configuration(max_body=3)) is None
