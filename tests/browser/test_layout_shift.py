"""Nothing moves by itself: no layout shift while a page loads, fills and is read."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.histories import turning, writer_in
from tests.browser.people import Guest

HISTORY = 120
# Notes what moved, and from where to where. What follows a click or a key counts too.
OBSERVE = """
    window.shifts = [];
    const nameOf = (node) => (node?.className ?? node?.parentElement?.className) || node?.nodeName;
    const placeOf = ({ x, y, width, height }) => `${x},${y} ${width}x${height}`;
    const shiftOf = ({ node, previousRect, currentRect }) =>
        `${nameOf(node)} from ${placeOf(previousRect)} to ${placeOf(currentRect)}`;
    new PerformanceObserver((list) => {
        for (const { sources } of list.getEntries()) window.shifts.push(...sources.map(shiftOf));
    }).observe({ type: "layout-shift", buffered: true });
"""
# The observer reports after the frame in which something moved.
REPORT = """async () => {
    await document.fonts.ready;
    for (let count = 0; count < 3; count += 1) await new Promise(requestAnimationFrame);
    await new Promise((done) => setTimeout(done));
    return window.shifts;
}"""
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 60_000, "uploadThroughput": 60_000}
WIDTHS = [360, 1280]


@pytest.fixture
def writer(site, room):
    with writer_in(site, room, HISTORY) as writer:
        yield writer


@pytest.fixture
def watch(site, visit):
    """Return a function that opens a page, so many pixels wide, which notes what moves."""

    def open_page(width: int) -> Page:
        page = visit(site, viewport={"width": width, "height": 740})
        page.add_init_script(OBSERVE)
        return page

    return open_page


def shifts(page: Page) -> list[str]:
    """Return what moved in the page since it was opened."""
    return page.evaluate(REPORT)


def slow_down(page: Page) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", SLOW)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_front_page_does_not_move(watch, writer, room, width):
    page = watch(width)
    page.goto("/")
    expect(page.get_by_role("link", name=room)).to_be_visible()
    assert shifts(page) == []


@pytest.mark.parametrize("is_slow", [False, True], ids=["quick line", "slow line"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_room_does_not_move_while_it_fills(watch, writer, width, is_slow):
    page = watch(width)
    if is_slow:
        slow_down(page)
    page.goto(f"/rooms/{writer.room}/")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert shifts(page) == []
    ana = Guest(page, "Ana")
    ana.answer_name("Ana")
    ana.is_in()
    assert shifts(page) == []
    page.reload()
    ana.is_in()
    ana.sees(f"message {HISTORY}")
    assert shifts(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_neither_new_nor_older_messages_move_what_is_read(watch, writer, width):
    ana = Guest(watch(width), "Ana")
    ana.page.goto(f"/rooms/{writer.room}/")
    ana.answer_name("Ana")
    ana.is_in()
    for number in range(5):
        writer.send(f"news {number}")
    ana.sees("news 4")
    for _ in turning(ana, -150):
        if ana.message("message 1").count():
            break
        ana.page.evaluate(REPORT)
        expect(ana.page.locator(".loading")).not_to_contain_class("growing")
    writer.send("more news")
    ana.sees("more news")
    assert shifts(ana.page) == []


def test_a_message_stays_where_the_name_above_it_vanishes(writer, guest):
    """The first of a page shows its author's name until the message before it is loaded."""
    ana = guest("Ana")
    ana.sees(f"message {HISTORY}")
    before, after = ana.scroller.evaluate(
        """async (box) => {
            const first = box.querySelector(".message:not(.continued)");
            const end = () => first.getBoundingClientRect().bottom;
            box.scrollTop = 0;
            const before = end();
            return new Promise((done) => {
                const look = () => {
                    if (first.matches(".continued")) done([before, end()]);
                    else requestAnimationFrame(look);
                };
                setTimeout(() => done([before, NaN]), 10_000);
                look();
            });
        }"""
    )
    assert abs(before - after) <= 1


def test_the_number_of_people_moves_nothing(guest):
    ana = guest("Ana", viewport={"width": 360, "height": 740})
    places = ana.page.locator("[data-part=people-count]").evaluate(
        """(count) => ["1", "12", "123"].map((number) => {
            count.textContent = number;
            return Math.round(document.querySelector(".connection").getBoundingClientRect().right);
        })"""
    )
    assert len(set(places)) == 1


def test_a_shift_is_noticed(watch):
    page = watch(1280)
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.evaluate("document.querySelector('h1').before('a word')")
    assert shifts(page) != []
