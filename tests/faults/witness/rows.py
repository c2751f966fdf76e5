"""The log in the database, read without the product's code."""

import sqlite3
from contextlib import closing
from typing import NamedTuple

import psycopg

STATEMENT = (
    "SELECT m.seq, m.version, p.name, m.client_id, m.body FROM chat_message m"
    " JOIN chat_person p ON p.id = m.author_id JOIN chat_room r ON r.id = m.room_id"
    " WHERE r.slug = 'ROOM' ORDER BY m.seq"
)


class Row(NamedTuple):
    """A message as it is stored; `author` is a name, which the witness keeps unique."""

    seq: int
    version: int
    author: str
    id: str
    body: str


def read_rows(database_url: str, room: str) -> list[Row]:
    """Return all rows of a room in the order of their seqs."""
    assert room.isalnum(), room
    scheme, _, rest = database_url.partition("://")
    if scheme == "sqlite":
        opening = closing(
            sqlite3.connect(f"file:{rest.removeprefix('/')}?mode=ro", uri=True, timeout=10)
        )
    else:
        opening = psycopg.connect(database_url, autocommit=True)
    with opening as connection:
        rows = connection.execute(STATEMENT.replace("ROOM", room)).fetchall()
    return [Row(*row) for row in rows]
