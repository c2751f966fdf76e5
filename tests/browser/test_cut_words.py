"""What does not fit in can be read all the same: with a mouse, by keyboard and by touch."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import finish_animations
from tests.support.servers import ROOT
from tests.support.wire import Wire

NAME = "The room of everybody who gets ready for the summer fair"
TOPIC = (
    "Who bakes, who carries and who plays at the fair. The plan is at "
    "https://example.org/fair/plan, the list of helpers hangs beside the door of the kitchen: "
    "please write down when you can come."
)
CUT = "element => element.scrollWidth > element.clientWidth"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def fair(site, guest):
    """Return a function by which Ana comes to a room with a long name and topic."""
    fields = {"name": NAME, "topic": TOPIC}
    save = f"Room.objects.update_or_create(slug='fair', defaults={fields})"
    site.manage("shell", "-c", f"from chat.models import Room; {save}")

    def come(**options):
        ana = guest("Ana", room="fair", **options)
        expect(topic_of(ana)).to_have_text(TOPIC)
        return ana

    return come


def topic_of(ana) -> Locator:
    return ana.page.locator(".header-topic")


def is_whole(ana) -> bool:
    return not any(
        each.evaluate(CUT) for each in (ana.page.get_by_role("heading", level=1), topic_of(ana))
    )


def expect_whole(ana) -> None:
    expect(ana.page.locator(".header-title")).to_have_class(re.compile("unfolded"))
    assert is_whole(ana)
    expect(topic_of(ana)).to_be_in_viewport(ratio=1)


def expect_folded(ana) -> None:
    expect(ana.page.locator(".header-title")).not_to_have_class(re.compile("unfolded"))


def test_the_mouse_unfolds_the_header_without_moving_messages(fair):
    ana = fair(viewport={"width": 700, "height": 600})
    assert not is_whole(ana)
    ana.say("still here")
    ana.sees("still here")
    expect(ana.message("still here")).to_have_css("opacity", "1")
    finish_animations(ana.page)
    before = ana.message("still here").bounding_box()
    topic_of(ana).hover()
    expect_whole(ana)
    assert ana.message("still here").bounding_box() == before
    ana.page.keyboard.press("Escape")
    expect_folded(ana)
    ana.composer.hover()
    topic_of(ana).hover()
    expect_whole(ana)
    ana.composer.hover()
    expect_folded(ana)


def test_the_keyboard_unfolds_the_header(fair):
    ana = fair(viewport={"width": 700, "height": 600})
    button = ana.page.get_by_role("button", name="The whole name and topic")
    expect(button).to_be_visible()
    ana.page.get_by_role("link", name="All rooms").focus()
    ana.page.keyboard.press("Tab")
    expect(topic_of(ana).get_by_role("link")).to_be_focused()
    expect_whole(ana)
    ana.page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "true")
    ana.page.keyboard.press("Enter")
    expect_folded(ana)
    expect(button).to_have_attribute("aria-expanded", "false")
    ana.page.keyboard.press("Enter")
    expect_whole(ana)
    ana.page.keyboard.press("Tab")
    expect_folded(ana)


def test_a_tap_unfolds_the_header_and_the_next_one_folds_it(fair):
    ana = fair(**PHONE)
    for target in (topic_of(ana), ana.page.locator(".header-more")):
        target.tap(position={"x": 8, "y": 8})
        expect_whole(ana)
        ana.scroller.tap()
        expect_folded(ana)


def test_a_link_in_a_topic_opens_what_it_shows(fair):
    ana = fair(**PHONE)
    topic_of(ana).tap(position={"x": 8, "y": 8})
    link = topic_of(ana).get_by_role("link", name="https://example.org/fair/plan")
    expect(link).to_have_attribute("href", "https://example.org/fair/plan")
    expect(link).to_have_attribute("target", "_blank")
    ana.page.context.route("**/fair/plan", lambda route: route.fulfill(body="the plan"))
    with ana.page.context.expect_page() as opened:
        link.tap()
    expect(opened.value.get_by_text("the plan")).to_be_visible()


def test_a_header_that_fits_in_has_nothing_to_unfold(guest, room):
    ana = guest("Ana", viewport={"width": 1280, "height": 800})
    ana.page.get_by_role("heading", level=1).hover()
    expect(ana.page.locator(".header-more")).to_be_hidden()
    expect_folded(ana)


@pytest.mark.parametrize("width", [360, 1280])
def test_names_that_begin_alike_are_told_apart(site, guest, room, width):
    names = [f"Bartholomew Featherstone-W {end}" for end in ("Alpha", "Omega")]
    ana = guest("Ana", viewport={"width": width, "height": 740})
    with Wire(site.ws_url) as alpha, Wire(site.ws_url) as omega:
        for wire, name in zip((alpha, omega), names, strict=True):
            wire.enter(name, room)
            wire.room = wire.request("join", room=room)["room"]["slug"]
            wire.send("hello")
            wire.send_command("typing", room=wire.room)
        expect(ana.page.locator(".hint")).to_contain_text("are typing")
        if width < 960:
            ana.page.get_by_role("button", name="People here").click()
        for where in (".message-author", ".person-name", ".hint bdi"):
            found = ana.page.locator(where).filter(has_text="Bartholomew")
            expect(found).to_have_text(names)
            for each in found.all():
                expect(each).to_be_visible()
                assert not each.evaluate(CUT)
        hint = ana.page.locator(".hint > span").first
        assert hint.evaluate("e => e.getBoundingClientRect().right") <= width


def test_the_list_of_rooms_shows_whole_names_and_topics(fair, site, visit):
    fair()
    page = visit(site, viewport={"width": 360, "height": 740})
    page.goto("/")
    row = page.get_by_role("link", name=NAME)
    for words in (row.get_by_text(NAME), row.get_by_text(TOPIC)):
        assert not words.evaluate(CUT)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_of_rooms_beside_a_room_shows_whole_names(fair, width):
    ana = fair(viewport={"width": width, "height": 740})
    ana.come_in("second")
    if width < 768:
        ana.page.get_by_role("button", name="Rooms", exact=True).click()
    entry = ana.page.locator(".rooms-item").filter(has_text=NAME)
    expect(entry).to_be_visible()
    for words in (entry, entry.locator(".rooms-item-name")):
        assert not words.evaluate(CUT)
        assert words.evaluate("e => e.scrollHeight <= e.clientHeight")


def test_only_what_unfolds_or_stands_elsewhere_is_cut():
    """The composer's placeholder repeats the room's name; the admin's list and replies lead to
    messages."""
    sheets = (ROOT / "static/chat/css").glob("*.css")
    cutting = {path.name for path in sheets if re.search("ellipsis|line-clamp", path.read_text())}
    assert cutting == {"header.css", "composer.css", "adminlists.css", "replies.css"}
