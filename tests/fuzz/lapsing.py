"""An account or session that ends while its member writes, on the database of this process.

Run by test_lapsing.py, in a process with the settings of a site.
"""

import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from unittest.mock import patch

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection, connections, transaction
from django.utils import timezone

from chat.access.identity import SignIn
from chat.log import Draft, commit_writes
from chat.models import Person, Room

DEADLINE = 10.0
User = get_user_model()
# No signal is sent, so nothing is published, and nothing polls the sessions here.
ENDS = {
    "nothing": lambda: None,
    "the account is switched off": lambda: User.objects.update(is_active=False),
    "the password is another": lambda: User.objects.update(password="another"),
    "the session is gone": lambda: Session.objects.all()._raw_delete("default"),
}
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def play() -> None:
    """Print, for each of the ENDS, the outcome of a write that waits for the room meanwhile,
    and how many messages are stored."""
    for number, (end, happen) in enumerate(ENDS.items()):
        room = Room.objects.create(slug=f"room-{number}", name="Room")
        outcome = outcome_of(draft_of(f"Mara {number}", room), happen)
        code = getattr(outcome, "code", "received")
        sys.stdout.write(f"{end}: {code}, {room.messages.count()} stored\n")


def draft_of(name: str, room: Room) -> Draft:
    """Return a message of a new member with a session."""
    account = User.objects.create_user(name, password="a password of no use")
    mara = Person.objects.get(user=account)
    tomorrow = timezone.now() + timedelta(days=1)
    session = Session.objects.create(session_key=name, expire_date=tomorrow)
    sign_in = SignIn(session.session_key, account.password)
    return Draft(room.pk, mara.pk, "1", "hello", sign_in=sign_in)


def outcome_of(draft: Draft, happen: Callable[[], object]):
    """Return the outcome of a draft that waits for its room while `happen` is called."""
    is_waiting = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            list(Room.objects.locked([draft.room_id]))
            outcome = threads.submit(write, draft, is_waiting)
            assert is_waiting.wait(DEADLINE)
            wait_for_the_lock()
            happen()
        return outcome.result(DEADLINE)


def write(draft: Draft, is_waiting: threading.Event):
    own = connections["default"]
    with closing(own):
        if own.vendor != "sqlite":
            # It begins a transaction without a statement; there the lock itself shows it.
            is_waiting.set()
            return commit_writes([draft])[0]
        begin = own._start_transaction_under_autocommit

        def note_and_begin():
            is_waiting.set()
            begin()

        with patch.object(own, "_start_transaction_under_autocommit", note_and_begin):
            return commit_writes([draft])[0]


def wait_for_the_lock() -> None:
    """Wait until PostgreSQL reports a waiting lock; SQLite does not report them."""
    deadline = time.monotonic() + DEADLINE
    while connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < deadline, "Nobody waits for the room."
