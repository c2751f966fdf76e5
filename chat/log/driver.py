"""Statements written by hand, straight to the database's driver.

For the write that everybody waits for: through the ORM a single message cost more than a
millisecond of the processor, and through Django's cursors 0.4 ms, where the driver needs 0.15
("one alone" and "20 members" of `bench/run durable`).

The connection is a thread's own, and is looked up once a transaction: each attribute of Django's
`connection` takes 3 microseconds to look it up again.
"""

from collections.abc import Collection
from contextlib import closing
from functools import cache

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper


def own_connection() -> BaseDatabaseWrapper:
    """Return this thread's connection to the database."""
    return connections[DEFAULT_DB_ALIAS]


def cursor(connection: BaseDatabaseWrapper):
    """Return a cursor of the driver, to be used and closed by `with`."""
    return closing(connection.connection.cursor())


def select(cursor, sql: str, keys: Collection, *before) -> list[tuple]:
    """Return the rows of a statement with one list of keys, written `{}`; `before` are the
    parameters that stand before it."""
    cursor.execute(native(sql.format(", ".join(["%s"] * len(keys)))), [*before, *keys])
    return cursor.fetchall()


@cache
def native(sql: str) -> str:
    """Return a statement with the placeholders of the driver."""
    return sql.replace("%s", "?") if connection.vendor == "sqlite" else sql
