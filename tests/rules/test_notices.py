"""A kind of warning is one line a minute with a count: neither silence nor a flood."""

import logging

import pytest

from chat.rules import notices
from chat.rules.notices import EVERY, Notice

logger = logging.getLogger("tests.notices")


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    """The time, which a test sets."""
    now = [1000.0]
    monkeypatch.setattr(notices.time, "monotonic", lambda: now[0])
    return now


def test_the_first_is_logged_at_once(clock, caplog):
    Notice(logger, "Refused %s.").warn("ana")
    assert caplog.messages == ["Refused ana."]


def test_the_others_of_a_minute_are_one_line_with_their_count(clock, caplog):
    notice = Notice(logger, "Refused %s.")
    for name in ("ana", "ben", "cleo", "dan"):
        notice.warn(name)
    clock[0] += EVERY - 1
    notices.report_all()
    assert caplog.messages == ["Refused ana."]
    clock[0] += 1
    notices.report_all()
    assert caplog.messages[1:] == ["Refused dan. (3 times since the last such line)"]
    clock[0] += EVERY
    notices.report_all()
    assert len(caplog.messages) == 2


def test_a_flood_of_one_kind_hides_no_other(clock, caplog):
    flood, other = Notice(logger, "Flood."), Notice(logger, "Other.")
    for _ in range(1000):
        flood.warn()
    other.warn()
    assert caplog.messages == ["Flood.", "Other."]


def test_a_late_warning_has_the_count_of_all_before_it(clock, caplog):
    notice = Notice(logger, "Refused %s.")
    notice.warn("ana")
    notice.warn("ben")
    clock[0] += 2 * EVERY
    notice.warn("cleo")
    assert caplog.messages[1] == "Refused cleo. (2 times since the last such line)"
