import logging

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError

from chat.api import health
from tests.support.services import free_port

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_process_that_answers_is_healthy(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_a_site_whose_database_answers_is_ready(client):
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_a_site_whose_database_fails_is_not_ready_and_tells_no_secret(client, monkeypatch, caplog):
    def fail():
        raise OperationalError("password authentication failed for ana")

    monkeypatch.setattr(health, "read_a_row", fail)
    with caplog.at_level(logging.WARNING):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.content == b"The database does not answer.\n"
    assert "password authentication failed" in caplog.text


def test_a_site_whose_database_takes_no_writes_is_not_ready_until_it_does(client, monkeypatch):
    def fail():
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(health, "writing", health.Writing())
    with monkeypatch.context() as full:
        full.setattr(health, "write_a_row", fail)
        response = client.get("/readyz")
        assert (response.status_code, response.content) == (503, b"The database takes no writes.\n")
        # Asked again soon, it has not become any better.
        assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").status_code == 200


def test_who_asks_often_makes_no_more_writes(client, monkeypatch):
    writes = []
    monkeypatch.setattr(health, "writing", health.Writing())
    monkeypatch.setattr(health, "write_a_row", lambda: writes.append("one"))
    for _ in range(3):
        assert client.get("/readyz").status_code == 200
    assert writes == ["one"]
    monkeypatch.setattr(health, "WRITE_AGAIN_AFTER", -1)
    client.get("/readyz")
    assert writes == ["one", "one"]


def test_asking_leaves_nothing_behind(client, monkeypatch):
    monkeypatch.setattr(health, "writing", health.Writing())
    assert client.get("/readyz").status_code == 200
    assert not Session.objects.exists()


def test_a_site_whose_redis_is_away_is_not_ready(client, settings):
    settings.REDIS_URL = f"redis://:secret@127.0.0.1:{free_port()}/0"
    response = client.get("/readyz")
    assert (response.status_code, response.content) == (503, b"Redis does not answer.\n")


def test_all_that_fails_is_told_and_none_of_it_is_kept_by_a_cache(client, settings, monkeypatch):
    def fail():
        raise OperationalError("no such host")

    monkeypatch.setattr(health, "read_a_row", fail)
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    response = client.get("/readyz")
    assert response.content == b"The database does not answer. Redis does not answer.\n"
    assert "no-store" in response["Cache-Control"]


def test_a_frozen_redis_is_noticed_in_time(client, settings, redis, monkeypatch):
    settings.REDIS_URL = redis.url
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    assert client.get("/readyz").status_code == 200
    redis.pause()
    assert client.get("/readyz").status_code == 503


def test_probes_are_answered_over_plain_http_when_the_site_speaks_https(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/").status_code == 301


def test_health_is_only_read(client):
    assert client.post("/healthz").status_code == 405
    assert client.post("/readyz").status_code == 405
