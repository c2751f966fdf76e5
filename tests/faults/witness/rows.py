"""The log in the database, read without the product's code."""

import json
import re
import sqlite3
from contextlib import closing
from typing import NamedTuple

import psycopg

MESSAGES = (
    "SELECT m.seq, m.version, p.name, m.client_id, m.body, m.reply_to, m.deleted_at, m.reactions"
    " FROM chat_message m"
    " JOIN chat_person p ON p.id = m.author_id JOIN chat_room r ON r.id = m.room_id"
    " WHERE r.slug = 'ROOM' ORDER BY m.seq"
)
REACTIONS = (
    "SELECT e.seq, e.emoji, p.name FROM chat_reaction e"
    " JOIN chat_person p ON p.id = e.person_id JOIN chat_room r ON r.id = e.room_id"
    " WHERE r.slug = 'ROOM'"
)

# One's own messages are read. What is unread begins with the first of somebody else; whom a message
# means is a notice.
READ = (
    "COALESCE((SELECT MIN(x.seq) FROM chat_message x WHERE x.room_id = m.room_id"
    " AND x.seq > m.last_read AND x.author_id <> m.person_id) - 1, r.last_seq)"
)
PLACES = (
    f"SELECT p.name, r.public_id, {READ}, r.last_seq - {READ}, (SELECT COUNT(*)"
    " FROM chat_notice n WHERE n.room_id = m.room_id AND n.person_id = m.person_id"
    " AND n.seq > m.last_read) FROM chat_membership m JOIN chat_person p ON p.id = m.person_id"
    " JOIN chat_room r ON r.id = m.room_id WHERE m.banned_at IS NULL"
)

# How far somebody has read a room, how much is unread there, and how much of that means them.
Place = tuple[int, int, int]


class Shown(NamedTuple):
    """A message as people see it: without a body where it is deleted, and how many put what
    under it."""

    author: str
    id: str
    body: str
    reply_to: int | None = None
    deleted: bool = False
    reactions: tuple[tuple[str, int], ...] = ()


class Row(NamedTuple):
    """A message as it is stored; `author` is a name, which the witness keeps unique."""

    seq: int
    version: int
    author: str
    id: str
    body: str
    reply_to: int | None = None
    deleted: bool = False
    reactions: tuple[tuple[str, int], ...] = ()

    @property
    def shown(self) -> Shown:
        body = "" if self.deleted else self.body
        return Shown(self.author, self.id, body, self.reply_to, self.deleted, self.reactions)


def counts(reactions: list[dict] | None) -> tuple[tuple[str, int], ...]:
    """Return reactions, as events and rows have them, as pairs of an emoji and a number."""
    return tuple((reaction["emoji"], reaction["count"]) for reaction in reactions or ())


def read_rows(database_url: str, room: str) -> list[Row]:
    """Return all rows of a room in the order of their seqs."""
    found = _select(database_url, MESSAGES, room)
    return [Row(*row, bool(at), counts(json.loads(text or "[]"))) for *row, at, text in found]


def read_reacted(database_url: str, room: str) -> set[tuple[int, str, str]]:
    """Return the seq, emoji and person of each reaction."""
    return set(_select(database_url, REACTIONS, room))


def read_places(database_url: str) -> dict[str, dict[str, Place]]:
    """Return people's places in rooms by their names and the rooms' ids."""
    places: dict[str, dict[str, Place]] = {}
    for name, room_id, *place in _select(database_url, PLACES, ""):
        places.setdefault(name, {})[room_id] = tuple(place)
    return places


def _select(database_url: str, statement: str, room: str) -> list[tuple]:
    assert re.fullmatch(r"[\w~-]*", room), room
    scheme, _, rest = database_url.partition("://")
    if scheme == "sqlite":
        opening = closing(
            sqlite3.connect(f"file:{rest.removeprefix('/')}?mode=ro", uri=True, timeout=10)
        )
    else:
        opening = psycopg.connect(database_url, autocommit=True)
    with opening as connection:
        return connection.execute(statement.replace("ROOM", room)).fetchall()
