"""The check of the servers' logs finds errors, except for those that a test expects."""

import pytest

from tests.support.logs import Log, expected

STARTED = "2026-01-02 03:04:05,678 INFO uvicorn.error: Started server process [9]\n"
WARNED = "2026-01-02 03:04:05,678 WARNING chat.hints: Redis does not answer.\n"
FAILED = """\
2026-01-02 03:04:06,789 ERROR chat.server: A tick failed
Traceback (most recent call last):
  File "chat/live/server.py", line 131, in _tick_on
RuntimeError: unable to perform operation on <TCPTransport closed=True>
"""
PRINTED = FAILED.partition("\n")[2]
LEAKED = "Exception ignored in: <coroutine object StreamWriter._send_when_begun>\n"


@pytest.fixture
def log(tmp_path) -> Log:
    return Log(tmp_path / "serve-1.log")


def prints(log: Log, *parts: str) -> None:
    with log.path.open("a") as file:
        file.writelines(parts)


@pytest.mark.parametrize("trouble", [FAILED, PRINTED, LEAKED])
def test_an_error_is_found_whether_it_was_logged_or_printed(log, trouble):
    prints(log, STARTED, trouble, WARNED)
    assert "".join(log.trouble()).endswith(trouble)


def test_warnings_and_missing_logs_are_no_errors(log):
    assert log.trouble() == []
    prints(log, STARTED, WARNED, "200 static files copied.\n")
    assert log.trouble() == []


def test_only_an_expected_error_is_ignored(log):
    prints(log, FAILED, FAILED.replace("A tick", "A look at the database"))
    [found] = log.trouble([expected("A tick failed.*RuntimeError", because="the test says so")])
    assert "A look" in found


def test_an_expected_error_needs_a_reason():
    with pytest.raises(TypeError):
        expected(".*")


def test_an_error_counts_once_and_half_a_line_is_waited_for(log):
    prints(log, FAILED, STARTED[:30])
    assert len(log.trouble()) == 1
    prints(log, STARTED[30:])
    assert log.trouble() == []
