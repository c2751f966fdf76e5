"""What the servers print is held to a rule, and the rule finds what it is there for."""

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


def test_what_warns_is_no_error_and_a_server_that_never_came_up_has_none(log):
    assert log.trouble() == []
    prints(log, STARTED, WARNED, "200 static files copied.\n")
    assert log.trouble() == []


def test_what_is_expected_is_let_go_and_nothing_else_with_it(log):
    prints(log, FAILED, FAILED.replace("A tick", "A look at the database"))
    [found] = log.trouble([expected("A tick failed.*RuntimeError", because="the test says so")])
    assert "A look" in found


def test_nothing_is_expected_without_a_reason():
    with pytest.raises(TypeError):
        expected(".*")


def test_what_was_found_counts_against_one_test_alone_and_half_a_line_is_waited_for(log):
    prints(log, FAILED, STARTED[:30])
    assert len(log.trouble()) == 1
    prints(log, STARTED[30:])
    assert log.trouble() == []
