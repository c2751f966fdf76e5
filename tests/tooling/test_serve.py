"""bin/serve, as a service manager starts and stops it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.servers import DATABASE, ROOT, clean_environment, prepared
from tests.support.waiting import wait_until
from tests.tooling.scripts import Script

STARTED = "Application startup complete"
SERVICE_RESTART = 1012
INVALID_DATA = 1007
PROXIED = {"Host": "chat.example.org", "X-Forwarded-Proto": "https"}
BEHIND_A_PROXY = {
    "BASE_URL": "https://chat.example.org",
    "ALLOWED_HOSTS": "chat.example.org,127.0.0.1",
}


@pytest.fixture
def empty(tmp_path) -> dict[str, str]:
    """Return the environment of a site that starts for the first time."""
    return clean_environment(HOME=str(tmp_path), DATA_DIR=str(tmp_path), DATABASE_URL="")


@pytest.fixture
def environment(empty, tmp_path) -> dict[str, str]:
    """Return the environment of a site that was started before: its start takes half as long."""
    site = tmp_path / "site"
    shutil.copytree(prepared(), site, copy_function=os.link)
    (site / DATABASE).unlink()
    shutil.copy(prepared() / DATABASE, site / "chat.sqlite3")
    site.chmod(0o700)
    return empty | {"DATA_DIR": str(site)}


def commands_of(process: psutil.Process) -> list[str]:
    return [" ".join(child.cmdline()) for child in [process, *process.children()]]


def test_one_worker_is_the_process_that_was_started(empty):
    with Script(ROOT, "serve", empty) as script:
        script.wait_for(STARTED)
        [command] = commands_of(psutil.Process(script.process.pid))
    assert "manage.py serve" in command


def test_several_workers_serve_and_are_advised_to_use_redis(environment):
    with Script(ROOT, "serve", environment, "--workers=2") as script:
        script.wait_for(STARTED, times=2)
        assert "Set REDIS_URL" in script.output
        assert httpx.get(f"{script.url}/readyz").status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")
def test_workers_are_forked_and_import_nothing_again(environment):
    """uvicorn has no option for it: this notices when what stands for one has changed."""
    with Script(ROOT, "serve", environment, "--workers=2") as script:
        script.wait_for(STARTED, times=2)
        [own, *workers] = commands_of(psutil.Process(script.process.pid))
    assert workers == [own, own]


def test_nohup_keeps_a_server_whose_terminal_is_closed(environment):
    script = Script(ROOT, "serve", environment, "--workers=2", wrapper=["nohup"])
    with script:
        script.wait_for(STARTED, times=2)
        script.process.send_signal(signal.SIGHUP)
        assert httpx.get(f"{script.url}/readyz").status_code == 200
        script.process.send_signal(signal.SIGTERM)
        script.process.wait(10)
        assert "SIGHUP" not in script.output


def test_pages_and_modules_are_served_without_debug(environment):
    with Script(ROOT, "serve", environment) as script:
        script.wait_for(STARTED)
        assert httpx.get(f"{script.url}/").status_code == 200
        missing = httpx.get(f"{script.url}/no/such/page")
    assert missing.status_code == 404
    assert "Traceback" not in missing.text


def test_invalid_input_logs_a_line_and_no_traceback(environment):
    with Script(ROOT, "serve", environment) as script:
        script.wait_for(STARTED)
        before = len(script.output)
        refused = httpx.get(f"{script.url}/", headers={"Host": "evil.example.org"})
        with connect(f"ws://127.0.0.1:{script.port}/ws/") as stranger:
            stranger.send(b"\xff", text=True)
            with pytest.raises(ConnectionClosed) as closed:
                stranger.recv(timeout=10)
        script.process.terminate()
        script.process.wait(10)
        [line] = re.findall("^.*evil.*$", script.output, re.MULTILINE)
    assert refused.status_code == 400
    assert closed.value.rcvd.code == INVALID_DATA
    assert " WARNING django.security.DisallowedHost: " in line
    logged = script.output[before:]
    unwanted = "Traceback|ERROR|WebSocket|connection open|connection closed"
    assert not re.search(unwanted, logged), logged


def test_plain_http_causes_no_warning_at_each_start(environment):
    with Script(ROOT, "serve", environment) as script:
        script.wait_for(STARTED)
        assert "security.W" not in script.output


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_closes_sockets_with_1012_within_ten_seconds(environment, workers, signal_number):
    with Script(ROOT, "serve", environment, f"--workers={workers}") as script:
        script.wait_for(STARTED, times=workers)
        with connect(f"ws://127.0.0.1:{script.port}/ws/") as ana:
            ana.send(json.dumps({"type": "hello", "name": "Ana"}))
            assert json.loads(ana.recv(timeout=10))[0]["type"] == "welcome"
            asked = monotonic()
            script.process.send_signal(signal_number)
            with pytest.raises(ConnectionClosed) as closed:
                ana.recv(timeout=10)
        status = script.process.wait(10)
    assert closed.value.rcvd.code == SERVICE_RESTART
    assert status in (0, -signal.SIGTERM)
    assert monotonic() - asked < 10


@pytest.mark.parametrize("host", ["127.0.0.1", "[::]"])
def test_cookies_and_sockets_are_secure_through_an_https_proxy(environment, host):
    with Script(ROOT, "serve", environment | BEHIND_A_PROXY, host=host) as script:
        script.wait_for(STARTED)
        page = httpx.get(f"{script.url}/accounts/login/", headers=PROXIED)
        plain = httpx.get(f"{script.url}/", headers={"Host": "chat.example.org"})
        with connect(
            "ws://chat.example.org/ws/",
            sock=socket.create_connection(("127.0.0.1", script.port)),
            origin="https://chat.example.org",
        ):
            pass
    assert page.status_code == 200
    assert "Secure" in page.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in page.headers
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://chat.example.org/")
    assert "A request came without X-Forwarded-Proto" in script.output


def test_a_stranger_cannot_pose_as_the_proxy(environment):
    elsewhere = {"TRUSTED_PROXIES": "192.0.2.9"}
    with Script(ROOT, "serve", environment | BEHIND_A_PROXY | elsewhere) as script:
        script.wait_for(STARTED)
        assert httpx.get(f"{script.url}/", headers=PROXIED).status_code == 301


@pytest.mark.parametrize("workers", [1, 2])
def test_of_two_starts_at_once_one_serves_and_one_is_refused(environment, workers):
    # Both have to make the tables.
    Path(environment["DATA_DIR"], "chat.sqlite3").unlink()
    with Script(ROOT, "serve", environment, f"--workers={workers}") as one:
        address, log = f"127.0.0.1:{one.port}", one.log_file.with_name("other.log")
        with log.open("wb") as output:
            other = subprocess.Popen(
                [ROOT / "bin/serve", address, f"--workers={workers}"],
                cwd="/",
                env=environment,
                stdout=output,
                stderr=output,
            )
        ended = wait_until(lambda: has_ended(one.process) or has_ended(other), "a refusal", 60)
        refusal = (log if ended is other else one.log_file).read_text()
        alive = one.process if ended is other else other
        wait_until(lambda: is_ready(one.url), "the other's start", 60)
        alive.terminate()
        alive.wait(15)
    assert ended.returncode == 2
    assert f"Refused: Cannot listen on 127.0.0.1 port {one.port}" in refusal
    assert "Traceback" not in refusal


def has_ended(process: subprocess.Popen) -> subprocess.Popen | None:
    return process if process.poll() is not None else None


def is_ready(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/readyz").is_success
    return False
