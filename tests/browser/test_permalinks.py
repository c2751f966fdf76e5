"""Links to single messages, also to those that are far from the newest."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.histories import FRAMES, WATCH, turning, writer_in
from tests.browser.people import Guest, choose

HISTORY = 300


@pytest.fixture
def writer(site, room):
    with writer_in(site, room, HISTORY) as wire:
        yield wire


@pytest.fixture
def at(site, visit, writer):
    """Return a function that opens the link to a message as a new guest."""

    def open_link(seq: int, **options) -> Guest:
        ana = Guest(visit(site, **options), "Ana")
        ana.page.goto(f"/rooms/{writer.room}/?at={seq}")
        ana.answer_name("Ana")
        return ana

    return open_link


def shown(guest: Guest) -> list[int]:
    texts = guest.page.locator(".message-body").all_text_contents()
    return [int(text.removeprefix("message ")) for text in texts]


def test_a_link_leads_to_its_message_and_one_reads_on_both_ways(at, writer):
    ana = at(100)
    message = ana.message("message 100")
    expect(message).to_be_in_viewport()
    expect(message).to_have_class(re.compile(r"\blit\b"))
    expect(message).not_to_have_class(re.compile(r"\blit\b"))
    expect(message).to_be_focused()
    numbers = shown(ana)
    assert len(numbers) <= 150
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    expect(ana.jump).to_be_visible()
    for step, end in ((-2_000, 1), (2_000, HISTORY)):
        for _ in turning(ana, step):
            numbers = shown(ana)
            assert numbers == list(range(numbers[0], numbers[-1] + 1))
            if end in numbers:
                break


def test_the_newest_is_one_step_away_and_news_do_not_move_the_place(at, writer):
    ana = at(100)
    message = ana.message("message 100")
    expect(message).to_be_in_viewport()
    expect(ana.page.locator(".growing")).to_have_count(0)
    ana.scroller.evaluate(WATCH)
    writer.send("message 301")
    expect(ana.jump).to_have_text("1 new message")
    ana.page.evaluate(FRAMES)
    assert set(ana.page.evaluate("window.moves")) == {0}
    ana.jump.click()
    expect(ana.message("message 301")).to_be_in_viewport()
    expect(ana.message("message 100")).to_have_count(0)
    assert "?at" not in ana.page.url


def test_a_message_far_from_the_newest_changes_in_place(at, writer):
    ana = at(100)
    expect(ana.message("message 100")).to_be_in_viewport()
    writer.request("edit", room=writer.room, seq=100, body="message 1000")
    expect(ana.message("message 1000")).to_be_in_viewport()
    writer.request("delete", room=writer.room, seq=100)
    expect(ana.page.get_by_text("This message was deleted.")).to_be_in_viewport()


def test_a_link_to_no_message_says_so_and_shows_the_newest(at):
    ana = at(9_000)
    expect(ana.page.get_by_text("There is no message at this link.")).to_be_visible()
    expect(ana.message(f"message {HISTORY}")).to_be_in_viewport()


def test_a_copied_link_in_a_message_leads_there_in_the_same_page(guest, site, writer):
    ana = guest("Ana", permissions=["clipboard-read", "clipboard-write"])
    ana.sees("message 290")
    choose(ana, "message 290", "Copy link")
    expect(ana.page.get_by_text("Link copied")).to_be_visible()
    link = ana.page.evaluate("navigator.clipboard.readText()")
    assert link == f"{site.url}/rooms/{writer.room}/?at=290"
    ana.say(link.replace("290", "50"))
    ana.messages.get_by_role("link").click()
    expect(ana.message("message 50")).to_be_in_viewport()
    assert len(ana.page.context.pages) == 1


def test_a_link_does_not_take_the_focus_from_who_writes(at):
    ana = at(100)
    expect(ana.message("message 100")).to_be_focused()
    ana.composer.fill("a draft")
    ana.page.reload()
    expect(ana.composer).to_have_value("a draft")
    expect(ana.message("message 100")).to_have_class(re.compile(r"\blit\b"))
    expect(ana.composer).to_be_focused()


def test_a_link_needs_no_motion(at):
    ana = at(100, reduced_motion="reduce")
    message = ana.message("message 100")
    expect(message).to_have_class(re.compile(r"\blit\b"))
    duration = "each => getComputedStyle(each, '::after').transitionDuration"
    assert message.evaluate(duration) == "0s"


def test_a_place_that_cannot_be_loaded_now_says_so(guest, writer):
    ana = guest("Ana")
    ana.say(f"{ana.page.url.split('?')[0]}?at=50")
    link = ana.messages.get_by_role("link")
    expect(link).to_be_visible()
    ana.page.context.set_offline(True)
    expect(ana.banner).to_be_visible()
    link.click()
    # It takes 5 s until silence means that the connection is dead, and 20 where a last frame came.
    told = ana.page.get_by_text("This message could not be loaded.")
    expect(told).to_be_visible(timeout=40_000)
    expect(link).to_be_in_viewport()
