"""The witness: clients that log all they send and receive, and a check of their logs.

In the manner of Jepsen (https://jepsen.io): break something, wait until nothing changes any more,
then compare the logs with each other and with the database. The witness uses none of the product's
code, so that an error in it cannot hide itself.
"""

from tests.faults.witness.checks import check, examine
from tests.faults.witness.client import Client
from tests.faults.witness.crowd import Crowd
from tests.faults.witness.evidence import Barred, Evidence, Violation
from tests.faults.witness.journal import Journal, Note
from tests.faults.witness.rows import Row, Shown, read_rows
from tests.faults.witness.socketio import SocketIOClient

__all__ = [
    "Barred",
    "Client",
    "Crowd",
    "Evidence",
    "Journal",
    "Note",
    "Row",
    "Shown",
    "SocketIOClient",
    "Violation",
    "check",
    "examine",
    "read_rows",
]
