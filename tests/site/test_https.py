"""A proxy that does not say how it was reached is redirected for ever: the log says why."""

import asyncio

import pytest

from chat.rules.notices import Notice
from chatsite.server import https
from chatsite.server.https import HttpsWatch


@pytest.fixture
def watch(settings, monkeypatch):
    """A function that passes a request on, as uvicorn does."""
    settings.SECURE_SSL_REDIRECT = True
    for name in ("UNSAID", "UNTRUSTED", "UNENCRYPTED"):
        notice = getattr(https, name)
        monkeypatch.setattr(https, name, Notice(https.logger, notice._sentence))
    passed = []

    async def application(scope, receive, send):
        passed.append(scope)

    watching = HttpsWatch(application)

    def request(path: str = "/", said: bytes | None = None, scheme: str = "http") -> None:
        headers = [(b"x-forwarded-proto", said)] if said else []
        scope = {"path": path, "headers": headers, "scheme": scheme, "client": ("10.0.0.5", 1)}
        asyncio.run(watching(scope, None, None))
        assert passed.pop() is scope

    return request


def test_a_proxy_that_says_nothing_is_logged_once_a_minute(watch, caplog):
    for _ in range(20):
        watch()
    [line] = caplog.messages
    assert "without X-Forwarded-Proto" in line


def test_a_proxy_that_is_not_trusted_is_named(watch, caplog):
    watch("/api/v1/rooms", b"https")
    [line] = caplog.messages
    assert "X-Forwarded-Proto from 10.0.0.5 does not count" in line
    assert "TRUSTED_PROXIES" in line


def test_a_proxy_that_says_http_is_logged_until_a_request_came_over_https(watch, caplog):
    watch(said=b"http")
    assert "The proxy says http" in caplog.messages[0]
    watch(said=b"https", scheme="https")
    caplog.clear()
    watch(said=b"http")
    assert not caplog.messages


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_probes_over_http_are_right(watch, caplog, path):
    watch(path)
    assert not caplog.messages


def test_a_site_without_https_redirects_nobody(watch, settings, caplog):
    settings.SECURE_SSL_REDIRECT = False
    watch()
    assert not caplog.messages
