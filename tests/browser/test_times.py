"""Times and days in a page that stays open: midnight, and a computer that changes its zone."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.people import Guest


def zone_setter(page):
    """Return a function that moves the computer to a time zone, while the page is open."""
    devtools = page.context.new_cdp_session(page)

    def move_to(zone: str) -> None:
        devtools.send("Emulation.setTimezoneOverride", {"timezoneId": zone})

    return move_to


def day_names(guest: Guest):
    return guest.page.locator(".day-label")


def test_today_becomes_yesterday_at_midnight_in_a_page_that_stays_open(site, visit, room):
    page = visit(site, timezone_id="Europe/Berlin")
    # The last minute of the Sunday that has 23 hours; the server's clock is another one.
    page.clock.install(time=datetime.fromisoformat("2027-03-28T23:59:30+02:00"))
    ana = Guest(page, "Ana")
    ana.come_in(room)
    expect(day_names(ana).last).to_have_text("Today")
    page.clock.run_for(40_000)
    expect(day_names(ana).last).to_have_text("Yesterday")


@pytest.mark.parametrize(
    "zones", [("America/Los_Angeles", "Asia/Tokyo"), ("UTC", "Asia/Kathmandu")]
)
def test_times_of_old_and_new_messages_follow_the_zone_together(site, visit, room, zones):
    here, there = zones
    page = visit(site)
    move_to = zone_setter(page)
    move_to(here)
    ana = Guest(page, "Ana")
    ana.come_in(room)
    ana.say("before")
    ana.sees("before")
    time = ana.page.locator(".message-time").first
    at = datetime.fromisoformat(time.get_attribute("datetime"))
    expect(time).to_have_text(local_time(at, here))
    move_to(there)
    expect(time).to_have_text(local_time(at, there))
    ana.say("after")
    ana.sees("after")
    expect(ana.page.locator(".day-label", has_text="Today")).to_have_count(1)
    ana.sees_in_order("before", "after")
    expect(ana.message("after")).to_contain_class("continued")


def local_time(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")


# Returns the text of a time that is shown, and from where to where it reaches.
CLOCK = """time => {
    const text = [...time.childNodes].find((node) => node.nodeType === Node.TEXT_NODE);
    const range = document.createRange();
    range.selectNode(text);
    const { left, right } = range.getBoundingClientRect();
    return { text: text.data, left, right };
}"""


@pytest.mark.parametrize("locale", ["en-US", "ko-KR", "bg-BG", "de-DE"])
def test_the_times_of_continued_messages_fit_under_the_picture(guest, locale):
    # Where it is about noon: only an hour of midnight begins with a zero.
    zone = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
    ana = guest("Ana", locale=locale, timezone_id=zone)
    for words in ("first", "second"):
        ana.say(words)
        ana.sees(words)
    first, second = (ana.message(words).locator(".message-time") for words in ("first", "second"))
    whole = first.inner_text()
    assert not whole.startswith("0")
    for width in (360, 700):
        ana.page.set_viewport_size({"width": width, "height": 740})
        picture = ana.page.locator(".message .initial").first.bounding_box()
        clock = second.evaluate(CLOCK)
        assert clock["text"] in whole
        assert re.fullmatch(r"\d{1,2}\D\d{2}", clock["text"])
        assert clock["left"] >= picture["x"] - 1
        assert clock["right"] <= picture["x"] + picture["width"] + 1
        assert second.evaluate("time => time.getBoundingClientRect().width") <= picture["width"] + 1
