"""How bin/serve starts uvicorn: trusted proxies, limits and timeouts."""

import resource
import socket
import sys
from contextlib import ExitStack
from urllib.parse import urlsplit

import psutil
import pytest
from django.core.management import call_command
from uvicorn import Config

from chat.connection.connection import PROGRESS_WITHIN
from chat.live.presence import LEAVE_AFTER
from chat.management.commands import serve
from chatsite.server import serving
from chatsite.server.fixes import CLOSE_WITHIN, LEFT_TO_THE_CHAT
from chatsite.server.http import RESERVED_FILES
from chatsite.server.websocket import WebSocketProtocol
from tests.support.services import free_port
from tests.support.waiting import wait_until


@pytest.fixture
def config(settings) -> Config:
    """Return the configuration that uvicorn is started with."""
    settings.TRUSTED_PROXIES = "192.0.2.9"
    return serving.configuration(workers=2)


@pytest.mark.parametrize("https", [True, False])
def test_setup_and_checks_run_before_the_server_starts(settings, monkeypatch, https):
    """Over https with the deployment checks, which over http would only recommend https."""
    done = []
    monkeypatch.setattr(serve, "call_command", lambda name, **how: done.append((name, how)))
    monkeypatch.setattr(serve.connections, "close_all", lambda: None)
    monkeypatch.setattr(serving, "serve", lambda listener, workers: done.append(workers))
    monkeypatch.setenv("WEB_CONCURRENCY", "1")
    settings.ALLOWED_HOSTS, settings.HTTPS = ["chat.example.org"], https
    call_command("serve", f"127.0.0.1:{free_port()}")
    assert done == [
        ("setup", {"static": True, "wait": True}),
        ("check", {"deploy": https}),
        1,
    ]


def test_only_the_named_proxies_are_trusted(config):
    assert config.forwarded_allow_ips == "192.0.2.9"


def test_dead_sockets_are_closed_and_slow_ones_left_to_the_chat(config):
    """Gone within 40 s, five of which are a short absence; a slow reader may get a reason first."""
    silence = config.ws_ping_interval + config.ws_ping_timeout
    assert silence + CLOSE_WITHIN + LEAVE_AFTER < 40
    assert silence + LEFT_TO_THE_CHAT > PROGRESS_WITHIN + 1
    assert silence + LEFT_TO_THE_CHAT + CLOSE_WITHIN + LEAVE_AFTER < 40


def test_frames_over_the_limit_are_refused_before_they_arrive(config, settings):
    assert config.ws_max_size == settings.MAX_FRAME_BYTES == 64 * 1024


def test_a_stop_takes_less_than_ten_seconds(config):
    """docs/deployment.md promises ten seconds."""
    assert 0 < config.timeout_graceful_shutdown < 10


def test_the_extended_protocols_are_used(config):
    config.load()
    assert config.ws_protocol_class is WebSocketProtocol
    assert config.http_protocol_class.__module__ == "chatsite.server.http"
    assert config.workers == 2


@pytest.mark.skipif(sys.platform != "linux", reason="sets the limit of another process")
def test_a_server_out_of_files_says_so_and_keeps_the_last_for_those_who_are_in(serve):
    server = serve()
    used = psutil.Process(server.process.pid).num_fds()
    allowed = used + RESERVED_FILES + 20
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (allowed, allowed))
    with ExitStack() as clients:
        sockets = [clients.enter_context(connected(server.url)) for _ in range(60)]
        words = f"may open only {allowed} files"
        wait_until(lambda: words in server.log, "a line in the log")
        sockets[0].sendall(b"GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert sockets[0].recv(100).startswith(b"HTTP/1.1 200")
        assert server.log.count(words) == 1
    wait_until(lambda: server.get("/readyz")[0] == 200, "a response to a newcomer")


def connected(url: str) -> socket.socket:
    return socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), timeout=10)
