"""Whether the database takes reads and writes, tried on rows that have no other use."""

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from chat.models import Configuration


def read_a_row() -> None:
    """Read from a table of the chat: a database without migrations does not count as ready."""
    Configuration.objects.exists()


def write_a_row() -> None:
    """Write and commit a row, and delete it: a full disk still reads."""
    session = Session(session_key=get_random_string(32), expire_date=timezone.now())
    with transaction.atomic():
        session.save(force_insert=True)
        session.delete()
