"""A busy room in a tab that is open for weeks: the page stays small and all can be read."""

import pytest
from playwright.sync_api import expect

from tests.browser.histories import WATCH, say, turning, writer_in
from tests.browser.people import Admin, Guest
from tests.browser.test_coming_back import cuttable

__all__ = ["cuttable"]

HISTORY = 300
MORE = 800  # messages: with the history, more than a page holds
MOST = 700


@pytest.fixture
def writer(site, room):
    """Yield a client that sends more messages in all than a page holds."""
    with writer_in(site, room, HISTORY) as wire:
        yield wire


def shown(guest: Guest) -> list[int]:
    """Return the numbers of the messages on the page; check that they are few, without gaps."""
    texts = guest.page.locator(".message-body").all_text_contents()
    numbers = [int(text.removeprefix("message ")) for text in texts]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert len(numbers) <= MOST
    return numbers


def scroll_until(guest: Guest, step: int, number: int) -> None:
    """Turn the wheel until a message is shown, and check for gaps on the way."""
    for _ in turning(guest, step):
        if number in shown(guest):
            return


def test_a_page_at_the_end_drops_the_oldest_and_reloads_them(writer, guest, room):
    ana = guest("Ana")
    ana.sees(f"message {HISTORY}")
    say(writer, MORE)
    last = HISTORY + MORE
    expect(ana.message(f"message {last}")).to_be_in_viewport()
    expect(ana.jump).to_be_hidden()
    assert shown(ana)[0] > HISTORY
    scroll_until(ana, -4_000, 1)
    expect(ana.jump).to_be_visible()
    ana.scroll_up()
    beginning = ana.page.get_by_role("heading", name=f"{room} begins here")
    expect(beginning).to_be_in_viewport()
    scroll_until(ana, 4_000, last)
    ana.page.mouse.wheel(0, 100_000)
    expect(ana.jump).to_be_hidden()
    expect(ana.message(f"message {last}")).to_be_in_viewport()


def test_reading_history_keeps_the_place_and_can_continue(writer, guest):
    ana = guest("Ana")
    ana.sees(f"message {HISTORY}")
    scroll_until(ana, -1_000, HISTORY - 120)
    ana.page.evaluate("new Promise((done) => setTimeout(done, 300))")
    reading = ana.page.locator(".message").nth(20)
    reading.evaluate("message => message.scrollIntoView()")
    expect(ana.jump).to_be_visible()
    place = reading.bounding_box()["y"]
    say(writer, MORE)
    expect(ana.jump).to_have_text(f"{MORE} new messages")
    assert abs(reading.bounding_box()["y"] - place) <= 1
    assert HISTORY < shown(ana)[-1] < HISTORY + MORE
    ana.scroller.evaluate(WATCH)
    scroll_until(ana, 600, HISTORY + MORE)
    # The messages added and removed are far higher than what the wheel scrolls between two frames.
    assert max(map(abs, ana.page.evaluate("window.moves"))) < 2_000
    expect(ana.page.locator(".new-line")).to_have_count(0)


@pytest.mark.parametrize("how", ["jump", "say"])
def test_the_newest_messages_are_one_step_away_from_any_history(writer, guest, how):
    ana = guest("Ana")
    scroll_until(ana, -4_000, 1)
    say(writer, MORE)
    expect(ana.jump).to_have_text(f"{MORE} new messages")
    if how == "jump":
        ana.jump.click()
    else:
        ana.composer.fill("message 1101")
        ana.composer.press("Enter")
        ana.sees("message 1101")
    expect(ana.message(f"message {HISTORY + MORE}")).to_be_in_viewport()
    expect(ana.jump).to_be_hidden()
    assert len(shown(ana)) < 100
    if how == "jump":
        scroll_until(ana, -4_000, HISTORY)
        expect(ana.page.locator(".new-line + .message")).to_contain_text(f"message {HISTORY + 1}")


def test_a_message_deleted_while_unloaded_is_shown_as_deleted(writer, guest, room, site, visit):
    ana = guest("Ana")
    text = f"regrettable in {room}"
    writer.send(text)
    ana.sees(text)
    say(writer, MORE)
    expect(ana.message(f"message {HISTORY + MORE}")).to_be_in_viewport()
    expect(ana.message(text)).to_have_count(0)
    Admin(visit(site)).choose("message", text, "Delete, so that nobody can read them")
    gone = ana.page.get_by_text("This message was deleted.")
    for _ in turning(ana, -4_000):
        if gone.count():
            break
        assert ana.message("message 1").count() == 0
    expect(ana.message(text)).to_have_count(0)


def test_who_missed_more_than_comes_at_once_goes_on_where_they_stopped(writer, cuttable):
    ana, line = cuttable
    ana.sees(f"message {HISTORY}")
    line.cut()
    expect(ana.banner).to_contain_text("Your messages are kept.")
    say(writer, MORE)
    line.mend()
    # Not "Try now": the next attempt may be under way, and the banner about to go.
    ana.page.evaluate("dispatchEvent(new Event('online'))")
    first = ana.page.locator(".new-line + .message .message-body")
    expect(first).to_have_text(f"message {HISTORY + 1}")
    expect(first).to_be_in_viewport()
    expect(ana.jump).to_contain_text(str(MORE))
