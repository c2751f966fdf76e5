import os
from unittest.mock import patch

from django.core import checks

from chat.checks import rate_limits_are_on, several_processes_have_redis


def ids(messages: list[checks.CheckMessage]) -> list[str]:
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


def test_lifted_rate_limits_are_warned_of(settings):
    assert rate_limits_are_on(None) == []
    settings.CHAT_RATE_LIMITS = False
    assert ids(rate_limits_are_on(None)) == ["chat.W001"]


def test_one_process_needs_no_redis():
    assert several_processes_have_redis(None) == []


def test_several_workers_hear_that_redis_makes_them_instant(settings):
    with patch.dict(os.environ, WEB_CONCURRENCY="2"):
        assert ids(several_processes_have_redis(None)) == ["chat.I001"]
        settings.REDIS_URL = "redis://127.0.0.1"
        assert several_processes_have_redis(None) == []


def test_a_database_for_many_processes_hears_it_too(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", "django.db.backends.postgresql")
    assert ids(several_processes_have_redis(None)) == ["chat.I001"]


def test_the_checks_are_part_of_manage_py_check(settings):
    settings.CHAT_RATE_LIMITS = False
    assert "chat.W001" in ids([m for m in checks.run_checks() if m.id.startswith("chat.")])
