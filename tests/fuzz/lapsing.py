"""An account that is switched off while its member writes, on whatever database this process has.

Run by test_lapsing.py, in a process with the settings of a site.
"""

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction

from chat.log import Draft, append
from chat.models import Message, Person, Room

DEADLINE = 10.0
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def play() -> None:
    """Print what a member is answered who waits for the room while the account is switched off,
    and what is stored in the end."""
    room = Room.objects.create(slug="lobby", name="Lobby")
    account = get_user_model().objects.create_user("Mara")
    mara = Person.objects.create(name="Mara", kind=Person.Kind.MEMBER, user=account)
    draft = Draft(room.pk, mara.pk, "1", "hello")
    at_the_door = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            list(Room.objects.locked([room.pk]))
            answer = threads.submit(write, draft, at_the_door)
            assert at_the_door.wait(DEADLINE)
            wait_for_the_lock()
            # No signal, so nothing is announced, and nobody looks at sessions here.
            get_user_model().objects.update(is_active=False)
        outcome = answer.result(DEADLINE)
    stored = Message.objects.count()
    sys.stdout.write(f"{getattr(outcome, 'code', outcome)}, {stored} stored\n")


def write(draft: Draft, at_the_door: threading.Event):
    def knock(execute, sql, *rest):
        at_the_door.set()
        return execute(sql, *rest)

    with closing(connections["default"]), connection.execute_wrapper(knock):
        # PostgreSQL begins a transaction without a word; there the lock itself tells.
        if connection.vendor != "sqlite":
            at_the_door.set()
        return append([draft])[0]


def wait_for_the_lock() -> None:
    """Wait until PostgreSQL says that somebody waits for a row; SQLite does not tell."""
    deadline = time.monotonic() + DEADLINE
    while connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < deadline, "Nobody waits for the room."
