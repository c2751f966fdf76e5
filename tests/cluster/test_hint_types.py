"""Hints as types: what travels between processes, and between two releases."""

import pytest

from chat.cluster import hints
from chat.cluster.hints import SITE, decode, encode

ONE_OF_EACH = [
    hints.Changes(1, "lobby", "e", 5, ["{}"]),
    hints.RoomChanged(1),
    hints.RoomLeft(1, "x"),
    hints.ConfigurationChanged(),
    hints.PersonChanged("p"),
    hints.PersonRenamed("p"),
    hints.PersonEvents("p", ["{}"]),
    hints.PeopleEvents(["p", "q"], ["{}"]),
    hints.MembershipChanged(1, "p"),
    hints.HasRead(1, "p", 5),
    hints.Heartbeat([(1, 2, 3)]),
    hints.PresenceChanged(1, [{"id": "p", "name": "Ana", "kind": "guest"}], ["q"]),
    hints.PresenceWanted(1, whose="another"),
    hints.PresenceList(1, []),
    hints.PersonSought("p"),
    hints.PersonFound("p"),
    hints.TypingNoted(1, {"id": "p", "name": "Ana", "kind": "guest"}),
    hints.Echo("channel"),
]


def test_every_kind_is_tried_here():
    assert {type(hint).__name__ for hint in ONE_OF_EACH} == set(hints.KINDS)


@pytest.mark.parametrize("hint", ONE_OF_EACH, ids=lambda hint: type(hint).__name__)
def test_a_hint_arrives_as_it_was_sent(hint):
    data = encode(hint, "sender")
    assert decode(data) == hint
    assert data["sender"] == "sender"


def test_a_kind_that_is_not_known_is_dropped():
    assert decode(encode(hints.RoomChanged(1)) | {"kind": "Reacted"}) is None


def test_a_hint_of_another_version_is_dropped():
    assert decode(encode(hints.RoomChanged(1)) | {"v": hints.VERSION + 1}) is None


def test_a_hint_of_a_release_without_versions_is_dropped():
    assert decode({"kind": "beat", "of": "another", "rooms": []}) is None


@pytest.mark.parametrize(
    ("hint", "group"),
    [
        (hints.Changes(7, "lobby", "e", 5, []), "chat.room.7"),
        (hints.PersonChanged("p"), SITE),
        (hints.PresenceWanted(7), SITE),
        (hints.PresenceList(7, []), "chat.room.7"),
        (hints.PresenceWanted(7, whose="another"), SITE),
    ],
    ids=str,
)
def test_a_hint_goes_to_the_group_that_it_concerns(hint, group):
    assert hint.group == group
