"""The witness: clients that log all they send and hear, and a check of what they logged.

In the manner of Jepsen (https://jepsen.io): break something, leave everything alone, let it come to
rest, then hold the logs against each other and against the database. Nothing of the product's
code is used, so that a fault of it cannot hide itself.
"""

from tests.faults.witness.checks import Evidence, Violation, check, examine
from tests.faults.witness.client import Client
from tests.faults.witness.crowd import Crowd
from tests.faults.witness.journal import Journal, Note
from tests.faults.witness.rows import Row, read_rows

__all__ = [
    "Client",
    "Crowd",
    "Evidence",
    "Journal",
    "Note",
    "Row",
    "Violation",
    "check",
    "examine",
    "read_rows",
]
