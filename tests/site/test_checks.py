import os
from unittest.mock import patch

import pytest
from django.core import checks
from django.db import connection

from chat.checks import (
    rate_limits_are_on,
    sessions_are_in_the_database,
    several_processes_have_redis,
    sqlite_keeps_commits,
)


def ids(messages: list[checks.CheckMessage]) -> list[str]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_disabled_rate_limits_are_a_warning(settings):
    assert rate_limits_are_on(None) == []
    settings.CHAT_RATE_LIMITS = False
    assert ids(rate_limits_are_on(None)) == ["chat.W001"]


def test_one_process_needs_no_redis():
    assert several_processes_have_redis(None) == []


def test_several_workers_are_advised_to_use_redis(settings):
    with patch.dict(os.environ, WEB_CONCURRENCY="2"):
        assert ids(several_processes_have_redis(None)) == ["chat.I001"]
        settings.REDIS_URL = "redis://127.0.0.1"
        assert several_processes_have_redis(None) == []


def test_an_sqlite_that_may_lose_a_commit_is_a_warning(settings, monkeypatch):
    monkeypatch.setattr(connection.Database, "sqlite_version_info", (3, 40, 1))
    [warning] = sqlite_keeps_commits(None)
    assert warning.id == "chat.W002"
    assert "one process" not in warning.hint
    with patch.dict(os.environ, WEB_CONCURRENCY="2"):
        assert sqlite_keeps_commits(None)[0].hint.startswith("Use one process, or PostgreSQL.")


def test_a_fixed_sqlite_is_no_warning(monkeypatch):
    monkeypatch.setattr(connection.Database, "sqlite_version_info", (3, 53, 4))
    assert sqlite_keeps_commits(None) == []


def test_a_database_server_is_advised_to_use_redis(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    assert ids(several_processes_have_redis(None)) == ["chat.I001"]


@pytest.mark.parametrize("engine", ["cache", "file", "signed_cookies"])
def test_sessions_outside_the_database_are_an_error(settings, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    assert ids(sessions_are_in_the_database(None)) == ["chat.E001"]


@pytest.mark.parametrize("engine", ["db", "cached_db"])
def test_sessions_in_the_database_are_not_complained_of(settings, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    assert sessions_are_in_the_database(None) == []


def test_the_checks_are_part_of_manage_py_check(settings):
    settings.CHAT_RATE_LIMITS = False
    assert "chat.W001" in ids([m for m in checks.run_checks() if m.id.startswith("chat.")])
