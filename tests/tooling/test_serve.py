"""bin/serve: the process that an operator's service manager starts and stops."""

import json
import signal
from time import monotonic

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.servers import ROOT, clean_environment
from tests.tooling.scripts import Script

STARTED = "Application startup complete"
SERVICE_RESTART = 1012


@pytest.fixture
def environment(tmp_path):
    return clean_environment(HOME=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}/chat.db")


def commands_of(process: psutil.Process) -> list[str]:
    return [" ".join(child.cmdline()) for child in [process, *process.children()]]


def test_one_worker_is_the_process_that_was_started(environment):
    with Script(ROOT, "serve", environment) as script:
        script.wait_for(STARTED)
        [command] = commands_of(psutil.Process(script.process.pid))
    assert "uvicorn" in command


def test_several_workers_serve_and_hear_of_redis(environment):
    with Script(ROOT, "serve", environment, "--workers=2") as script:
        script.wait_for(STARTED, times=2)
        assert "Set REDIS_URL" in script.output
        assert httpx.get(f"{script.url}/readyz").status_code == 200


def test_pages_and_modules_are_served_without_debug(environment):
    with Script(ROOT, "serve", environment) as script:
        script.wait_for(STARTED)
        assert httpx.get(f"{script.url}/").status_code == 200
        missing = httpx.get(f"{script.url}/no/such/page")
    assert missing.status_code == 404
    assert "Traceback" not in missing.text


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_closes_sockets_for_a_comeback_and_ends_within_ten_seconds(environment, workers):
    with Script(ROOT, "serve", environment, f"--workers={workers}") as script:
        script.wait_for(STARTED, times=workers)
        with connect(f"ws://127.0.0.1:{script.port}/ws/") as socket:
            socket.send(json.dumps({"type": "hello", "name": "Ana"}))
            assert json.loads(socket.recv(timeout=10))[0]["type"] == "welcome"
            asked = monotonic()
            script.process.send_signal(signal.SIGTERM)
            with pytest.raises(ConnectionClosed) as closed:
                socket.recv(timeout=10)
        status = script.process.wait(10)
    assert closed.value.rcvd.code == SERVICE_RESTART
    assert status in (0, -signal.SIGTERM)
    assert monotonic() - asked < 10
