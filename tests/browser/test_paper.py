"""On paper: all messages that are loaded, in ink on white, and nothing to click."""

from io import BytesIO

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.histories import writer_in

HISTORY = 80

ROOMS = """
from chat.models import Room
Room.objects.bulk_create(
    Room(slug=f"комната-{number}", name=f"Комната {number}") for number in range(12)
)
"""


@pytest.fixture
def writer(site, room):
    with writer_in(site, room, HISTORY) as writer:
        yield writer


def printed(page) -> str:
    """Return the words on the paper that a browser prints, as they stand beside each other."""
    sheets = PdfReader(BytesIO(page.pdf())).pages
    text = "\n".join(sheet.extract_text(extraction_mode="layout") for sheet in sheets)
    return "\n".join(" ".join(line.split()) for line in text.splitlines())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_printed_room_has_every_message_with_name_and_time(writer, guest, scheme):
    ana = guest("Ana", color_scheme=scheme)
    ana.scroll_up()
    ana.sees("message 1")
    ana.say("See https://example.org/a/long/address?with=much&behind=it")
    ana.sees("See https://example.org/a/long/address?with=much&behind=it")
    text = printed(ana.page)
    lines = text.splitlines()
    for number in range(1, HISTORY + 1):
        assert f"message {number}" in lines
    times = ana.page.locator(".message-time").all_inner_texts()
    heads = [lines[lines.index(f"message {number}") - 1] for number in range(1, HISTORY + 1)]
    assert heads == [f"Writer {time}" for time in times[:HISTORY]]
    assert f"Ana {times[-1]}" in lines
    assert "https://example.org/a/long/address?with=much&behind=it" in text
    for words in ("Write to", "Menu", "Copy the link", "Connected", "person here"):
        assert words not in text


def test_paper_is_white_and_names_the_day(writer, guest):
    ana = guest("Ana", color_scheme="dark")
    ana.sees(f"message {HISTORY}")
    ana.page.emulate_media(media="print", color_scheme="dark")
    body = ana.page.locator(".message-body").first
    assert body.evaluate("each => getComputedStyle(each).color") == "rgb(0, 0, 0)"
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert ana.page.evaluate(ground) == "rgb(255, 255, 255)"
    day = ana.page.locator(".day-label time").first
    date = day.get_attribute("datetime")
    assert date in day.evaluate("each => getComputedStyle(each, '::after').content")


def test_the_title_has_the_width_of_the_paper(guest):
    ana = guest("Ana")
    ana.page.emulate_media(media="print")
    ana.page.set_viewport_size({"width": 640, "height": 900})
    title = ana.page.get_by_role("heading", level=1)
    assert title.bounding_box()["width"] > 600
    assert title.bounding_box()["height"] < 60


def test_what_was_not_sent_says_so_on_paper(guest):
    ana = guest("Ana")
    ana.page.context.set_offline(True)
    ana.page.evaluate("window.dispatchEvent(new Event('offline'))")
    expect(ana.banner).to_be_visible()
    ana.say("kept for later")
    expect(ana.message("kept for later")).to_be_visible()
    text = printed(ana.page)
    assert "kept for later" in text
    assert "Not sent yet" in text
    ana.page.context.set_offline(False)


def test_the_printed_first_page_has_every_room_and_where_it_is(serve, visit):
    site = serve()
    site.manage("shell", "-c", ROOMS)
    page = visit(site)
    page.goto("/")
    lines = printed(page).splitlines()
    for number in range(12):
        assert f"Комната {number}" in lines
        assert f"/rooms/комната-{number}/" in lines
