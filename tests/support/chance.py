"""The seed of all that the faults leave to chance, and how many rounds of them are asked for."""

import os
import random


def seed() -> int:
    """Return the seed of this run: the one that was asked for, or a new one.

    All processes of a run have the same one, because they inherit it.
    """
    return int(os.environ.setdefault("FAULTS_SEED", str(random.randrange(1_000_000))))


def more() -> int:
    """Return how many times the usual rounds are asked for."""
    return int(os.environ.get("FAULTS_ROUNDS", "1"))
