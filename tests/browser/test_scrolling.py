"""Long histories: scrolling back in them, and the notice of new messages."""

import pytest
from playwright.sync_api import expect

from tests.browser.histories import WATCH, turning, writer_in
from tests.browser.people import Guest
from tests.support.waiting import wait_until

HISTORY = 160


@pytest.fixture
def writer(site, room):
    """Yield a client that has sent many messages before anybody else joins."""
    with writer_in(site, room, HISTORY) as wire:
        yield wire


def test_scrolling_up_loads_everything_page_by_page(writer, guest, room):
    ana = guest("Ana")
    ana.sees(f"message {HISTORY}")
    expect(ana.message(f"message {HISTORY}")).to_be_in_viewport()
    assert ana.messages.count() < HISTORY
    for shown in range(100, HISTORY, 50):
        ana.scroll_up()
        expect(ana.message(f"message {HISTORY - shown + 1}")).to_have_count(1)
    ana.scroll_up()
    ana.sees_in_order(*(f"message {number}" for number in range(1, HISTORY + 1)))
    ana.scroll_up()
    beginning = ana.page.get_by_role("heading", name=f"{room} begins here")
    expect(beginning).to_be_in_viewport()


def test_the_message_being_read_stays_in_its_place(writer, guest):
    ana = guest("Ana")
    reading = ana.message("message 115")
    reading.scroll_into_view_if_needed()
    ana.scroller.hover()
    before = reading.bounding_box()["y"]
    ana.page.mouse.wheel(0, -60)
    # The browser scrolls some frames later.
    wait_until(lambda: reading.bounding_box()["y"] >= before + 59, "the wheel's scrolling", 10)
    expect(ana.jump).to_be_visible()
    expect(ana.message("message 61")).to_have_count(1)
    place = reading.bounding_box()["y"]
    writer.send("something new")
    ana.sees("something new")
    assert abs(reading.bounding_box()["y"] - place) <= 1
    ana.page.set_viewport_size({"width": 1000, "height": 640})
    assert abs(reading.bounding_box()["y"] - place) <= 1


def test_older_messages_are_added_without_a_jump(writer, guest):
    ana = guest("Ana")
    ana.scroller.evaluate(WATCH)
    for _ in turning(ana, -120):
        if ana.messages.count() == HISTORY:
            break
    assert ana.page.evaluate("window.moves.length") > 20
    # A page of older messages is far higher than what the wheel scrolls between two frames.
    assert max(map(abs, ana.page.evaluate("window.moves"))) < 500


def test_the_wait_for_older_messages_is_shown(writer, guest, site, visit, room):
    page = visit(site)
    asked = []

    def hold_history(socket):
        server = socket.connect_to_server()
        socket.on_message(
            lambda text: asked.append((server, text)) if '"history"' in text else server.send(text)
        )

    page.route_web_socket("**/ws/", hold_history)
    ana = Guest(page, "Ana")
    ana.come_in(room)
    waiting = page.locator(".loading span")
    expect(waiting).to_be_hidden()
    ana.scroll_up()
    expect(waiting).to_be_visible()
    expect(waiting).to_be_in_viewport()
    server, text = asked.pop()
    server.send(text)
    ana.sees("message 61")
    ana.scroller.press("End")
    expect(waiting).to_be_hidden()


def test_new_messages_are_announced_while_reading_older_ones(writer, guest):
    ana = guest("Ana")
    expect(ana.jump).to_be_hidden()
    ana.scroll_up()
    expect(ana.jump).to_be_visible()
    writer.send("new one")
    writer.send("new two")
    expect(ana.jump).to_have_text("2 new messages")
    expect(ana.message("new two")).not_to_be_in_viewport()
    ana.jump.click()
    expect(ana.jump).to_be_hidden()
    expect(ana.message("new two")).to_be_in_viewport()
    expect(ana.page.locator(".new-line + .message")).to_contain_text("new one")


def test_a_fast_stream_stays_scrolled_to_the_end(writer, guest):
    ana = guest("Ana")
    for number in range(100):
        writer.send(f"fast {number}")
    expect(ana.message("fast 99")).to_be_in_viewport()
    expect(ana.jump).to_be_hidden()


def test_writing_a_message_scrolls_to_the_end(writer, guest):
    ana = guest("Ana")
    ana.scroll_up()
    expect(ana.jump).to_be_visible()
    ana.say("mine")
    expect(ana.message("mine")).to_be_in_viewport()
    expect(ana.jump).to_be_hidden()


def test_the_end_stays_in_view_when_a_long_draft_is_replaced_at_once(writer, guest):
    ana = guest("Ana")
    for length in (3_900, 4_200):
        ana.composer.fill(("word " * 900)[:length])
        ana.page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    expect(ana.jump).to_be_hidden()
    expect(ana.message(f"message {HISTORY}")).to_be_in_viewport(ratio=1)


def test_the_day_label_fades_out_after_scrolling(writer, guest):
    ana = guest("Ana")
    day = ana.page.locator(".day-label")
    expect(day).to_have_css("opacity", "0")
    ana.scroller.hover()
    ana.page.mouse.wheel(0, -200)
    expect(day).to_have_css("opacity", "1")
    expect(day).to_have_css("opacity", "0")
    writer.send("something new")
    ana.sees("something new")
    expect(day).to_have_css("opacity", "0")


def test_the_day_label_rests_from_the_start(writer, site, visit, room):
    page = visit(site)
    page.add_init_script(
        """
        window.seen = [];
        const look = () => {
            const label = document.querySelector(".day-label");
            if (label) window.seen.push(getComputedStyle(label).opacity);
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """
    )
    ana = Guest(page, "Ana")
    ana.come_in(room)
    ana.sees(f"message {HISTORY}")
    wait_until(lambda: page.evaluate("window.seen.length > 60"), "a second of frames", 10)
    assert set(page.evaluate("window.seen")) == {"0"}


def test_the_day_label_stays_visible_in_its_own_place(guest):
    ana = guest("Ana")
    ana.say("the only one")
    ana.sees("the only one")
    expect(ana.scroller).to_contain_class("resting")
    expect(ana.page.locator(".day-label")).to_have_css("opacity", "1")


def test_the_page_itself_never_scrolls(writer, guest):
    ana = guest("Ana")
    ana.sees(f"message {HISTORY}")
    root = "document.documentElement"
    assert ana.page.evaluate(f"{root}.scrollHeight <= {root}.clientHeight")
    assert ana.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
