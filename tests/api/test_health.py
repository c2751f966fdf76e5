import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError

from chat.api import health
from tests.support.services import free_port

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_running_process_is_healthy(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_a_site_with_a_working_database_is_ready(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_a_failing_database_is_reported_without_secrets(client, monkeypatch, caplog):
    def fail():
        raise OperationalError("password authentication failed for ana")

    monkeypatch.setattr(health, "read_a_row", fail)
    monkeypatch.setattr(health, "notices", {})
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            response = client.get("/readyz")
            assert response.status_code == 503
            assert response.content == b"The database does not answer.\n"
    # However often somebody asks.
    assert caplog.text.count("password authentication failed") == 1


def test_a_site_is_not_ready_while_its_database_takes_no_writes(client, monkeypatch):
    def fail():
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(health, "write_probe", health.WriteProbe())
    with monkeypatch.context() as full:
        full.setattr(health, "write_a_row", fail)
        response = client.get("/readyz")
        assert (response.status_code, response.content) == (503, b"The database takes no writes.\n")
        # Asked again soon, it has not become any better.
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


def test_frequent_probes_cause_no_more_writes(client, monkeypatch):
    writes = []
    monkeypatch.setattr(health, "write_probe", health.WriteProbe())
    monkeypatch.setattr(health, "write_a_row", lambda: writes.append("one"))
    for _ in range(3):
        assert client.get("/readyz").status_code == 200
    assert writes == ["one"]
    monkeypatch.setattr(health, "WRITE_AGAIN_AFTER", -1)
    client.get("/readyz")
    assert writes == ["one", "one"]


def test_probes_leave_no_rows(client, monkeypatch):
    monkeypatch.setattr(health, "write_probe", health.WriteProbe())
    assert client.get("/readyz").status_code == 200
    assert not Session.objects.exists()


def test_a_site_without_its_redis_is_not_ready(client, settings):
    settings.REDIS_URL = f"redis://:secret@127.0.0.1:{free_port()}/0"
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"Redis does not answer.\n")


def test_a_site_without_its_templates_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "TEMPLATES", ("chat/gone.html",))
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"The pages cannot be shown: start the site again.\n"


def test_a_site_without_its_static_files_is_not_ready(client, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    hashed = {"BACKEND": "chatsite.storage.HashedStaticFiles"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": hashed}
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"The pages cannot be shown: start the site again.\n"


def test_every_failure_is_listed_and_nothing_is_cached(client, settings, monkeypatch):
    def fail():
        raise OperationalError("no such host")

    monkeypatch.setattr(health, "read_a_row", fail)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    response = client.get("/readyz")
    assert response.content == b"The database does not answer. Redis does not answer.\n"
    assert "no-store" in response["Cache-Control"]


def test_a_frozen_redis_is_noticed_in_time(client, settings, redis, monkeypatch):
    settings.REDIS_URL = redis.url
    assert client.get("/readyz").status_code == 200
    redis.pause()
    monkeypatch.setattr(health, "TIMEOUT", 0.2)
    assert client.get("/readyz").status_code == 503


def test_probes_work_over_http_where_the_site_has_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 301


def test_health_takes_get_only(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
