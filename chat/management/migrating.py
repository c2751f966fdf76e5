"""Migrations: which are due, and which may run beside the version that is serving."""

import re

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from chat.management.preconditions import Refused, first_line

# What SQLite and PostgreSQL say, and what to do then.
REMEDIES = (
    (re.compile("disk is full|No space left"), "make room on its disk, and start again"),
    (re.compile("permission denied"), "let the user in DATABASE_URL own it, and start again"),
    (re.compile("read-only"), "set DATABASE_URL to one that takes writes"),
)

# They add something that the running version does not know and need not know.
ADDITIONS = (
    operations.CreateModel,
    operations.AddIndex,
    operations.AlterModelManagers,
    operations.AlterModelOptions,
)


def check_version() -> None:
    """Raise Refused where a newer version of the site has migrated the database.

    Django ignores migrations that it does not know, and would work on tables that have changed.
    """
    loader = MigrationLoader(connection)
    known = set(loader.disk_migrations)
    known.update(*(migration.replaces for migration in loader.disk_migrations.values()))
    apps = {app for app, _ in known}
    newer = sorted(m for m in loader.applied_migrations if m[0] in apps and m not in known)
    if newer:
        raise Refused(
            f"The database {connection.settings_dict['NAME']} belongs to a newer version of "
            f"Chatsite (migration {'.'.join(newer[-1])}): update this one, or restore a backup "
            "from before."
        )


def migrate() -> None:
    """Migrate where something is due; raise Refused where that fails.

    With nothing to do, Django's command takes 0.2 s of a restart, and this 0.05 s.
    """
    if not due_migrations():
        return
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # 30 s are enough for what the chat does, not for an index of a large table.
                cursor.execute("SET statement_timeout = 0")
        call_command("migrate", verbosity=0)
    except DatabaseError as error:
        reason = first_line(error)
        fits = (remedy for pattern, remedy in REMEDIES if pattern.search(reason))
        raise Refused(
            f"The database could not be migrated ({reason}): {next(fits, 'start again')}."
        ) from error


def due_migrations() -> list[Migration]:
    """Return the migrations that the database does not have yet, in their order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [migration for migration, _ in plan]


def must_wait(migrations: list[Migration]) -> bool:
    """Return whether a version that knows nothing of these migrations could fail after them."""
    return has_tables() and not all(
        is_addition(operation) for migration in migrations for operation in migration.operations
    )


def has_tables() -> bool:
    """Return whether anything was ever migrated: on an empty database no version is running."""
    return bool(MigrationExecutor(connection).loader.applied_migrations)


def is_addition(operation: operations.base.Operation) -> bool:
    """Return whether code from before an operation runs as well after it.

    A new column has to be filled where that code inserts a row: with NULL, or by the database.
    Code in a migration, and SQL, can do anything.
    """
    if isinstance(operation, operations.AddField):
        field = operation.field
        return field.null or field.many_to_many or field.has_db_default()
    return isinstance(operation, ADDITIONS)
