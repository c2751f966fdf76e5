"""The states of a follower, and the moves between them."""

from itertools import product
from unittest import mock

import pytest

from chat.live.follower import MOVES, Follower, State
from chat.models import Room

LEGAL = {(before, after) for before, moves in MOVES.items() for after in moves}
SAME = {(state, state) for state in State}


class StreamOfOneRoom:
    room = Room(slug="lobby", epoch="e")


def follower(state: State) -> Follower:
    made = Follower(mock.Mock(), StreamOfOneRoom())
    made.state = state
    return made


@pytest.mark.parametrize(("before", "after"), sorted(LEGAL | SAME, key=str), ids=str)
def test_a_legal_move_changes_the_state(before, after):
    moved = follower(before)
    moved.move(after, 5.0)
    assert moved.state is after
    assert moved.stalled_since == (5.0 if after is State.STALLED else None)


@pytest.mark.parametrize(
    ("before", "after"), sorted(set(product(State, State)) - LEGAL - SAME, key=str), ids=str
)
def test_an_illegal_move_raises(before, after):
    with pytest.raises(ValueError, match="does not move"):
        follower(before).move(after)


def test_a_follower_never_waits_again_once_it_was_live():
    assert not any(State.WAITING in moves for moves in MOVES.values())
