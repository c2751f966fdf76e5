"""Checks of the settings, shown to an operator by `manage.py check`."""

import os

from django.conf import settings
from django.core import checks
from django.db import connection

from chat.rules.sqlite import has_wal_reset_bug

# Both keep every session in the table of `django.contrib.sessions`; the other engines do not.
DATABASE_SESSIONS = {
    "django.contrib.sessions.backends.db",
    "django.contrib.sessions.backends.cached_db",
}


@checks.register
def rate_limits_are_on(app_configs, **kwargs) -> list[checks.Warning]:
    """Warn of lifted rate limits: one person can flood every room. They are for benchmarks."""
    if settings.CHAT_RATE_LIMITS:
        return []
    return [
        checks.Warning(
            "Rate limits are off. Anybody can flood the rooms.",
            hint="Remove CHAT_RATE_LIMITS from the environment.",
            id="chat.W001",
        )
    ]


@checks.register
def several_processes_have_redis(app_configs, **kwargs) -> list[checks.Info]:
    """Mention Redis where processes without it find each other's messages by polling."""
    if settings.REDIS_URL or not _several_processes():
        return []
    return [
        checks.Info(
            "Without Redis processes poll the database. A message takes up to 2 s between them.",
            hint="Set REDIS_URL, and it takes milliseconds.",
            id="chat.I001",
        )
    ]


@checks.register
def sqlite_keeps_commits(app_configs, **kwargs) -> list[checks.Warning]:
    """Warn of a version of SQLite that may lose a commit, the more so with several processes."""
    if connection.vendor != "sqlite":
        return []
    database = connection.Database
    if not has_wal_reset_bug(database.sqlite_version_info):
        return []
    advice = "Use one process, or PostgreSQL. " if _several_processes() else ""
    return [
        checks.Warning(
            f"SQLite {database.sqlite_version} may lose a commit when two connections write.",
            hint=f"{advice}Install pysqlite3, where it has a wheel, or SQLite 3.51.3 or newer.",
            id="chat.W002",
        )
    ]


@checks.register
def sessions_are_in_the_database(app_configs, **kwargs) -> list[checks.Error]:
    """Refuse sessions that are not rows of the database.

    A write reads its author's session in its own transaction (chat/log/senders.py), and the
    deletion of a row ends the connections of who signed out (chat/cluster/signals.py). With
    sessions elsewhere members could not write, and would stay connected after signing out.
    """
    if settings.SESSION_ENGINE in DATABASE_SESSIONS:
        return []
    return [
        checks.Error(
            f"Sessions have to be in the database, not in {settings.SESSION_ENGINE}.",
            hint=f"Set SESSION_ENGINE to one of {', '.join(sorted(DATABASE_SESSIONS))}.",
            id="chat.E001",
        )
    ]


def _several_processes() -> bool:
    """Whether more than one process is configured, or likely: a database on a server."""
    workers = os.environ.get("WEB_CONCURRENCY", "")
    on_a_server = "sqlite3" not in settings.DATABASES["default"]["ENGINE"]
    return on_a_server or (workers.isdecimal() and int(workers) > 1)
