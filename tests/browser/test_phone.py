"""On a phone: a narrow touch screen with a keyboard on it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Guest, press_long, said
from tests.browser.test_reactions import react

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}

IS_CHIP = "([x, y]) => document.elementFromPoint(x, y).matches('.chip')"


@pytest.fixture
def ana(guest):
    return guest("Ana", **PHONE)


def show_keyboard(page: Page) -> None:
    """Make the page as small as a keyboard on the screen leaves it."""
    page.set_viewport_size({"width": 360, "height": 440})
    page.wait_for_function("visualViewport.height < 500")


def test_enter_breaks_the_line_and_the_button_sends(ana):
    show_keyboard(ana.page)
    ana.composer.press_sequentially("one")
    ana.composer.press("Enter")
    ana.composer.press_sequentially("two")
    expect(ana.messages).to_have_count(0)
    ana.page.get_by_role("button", name="Send").tap()
    ana.sees("one\ntwo")


def test_enter_sends_from_a_real_keyboard_at_a_tablet(guest):
    ana = guest("Ana", **PHONE | {"viewport": {"width": 1024, "height": 768}})
    # The bar with shortcuts, and one of the browser.
    ana.page.set_viewport_size({"width": 1024, "height": 690})
    ana.composer.press_sequentially("one")
    ana.composer.press("Shift+Enter")
    ana.composer.press_sequentially("two")
    ana.composer.press("Enter")
    ana.sees("one\ntwo")


def test_the_people_are_in_a_drawer(ana, guest):
    guest("Ben")
    people = ana.page.locator(".people")
    button = ana.page.get_by_role("button", name="People here")
    expect(button).to_contain_text("2")
    expect(people).to_be_hidden()
    button.tap()
    expect(people).to_contain_text("Ben")
    people.get_by_role("button", name="Close").tap()
    expect(people).to_be_hidden()


def test_touch_targets_are_at_least_44_pixels(ana):
    for control in ana.page.locator(".header :is(a, button), .composer button").all():
        box = control.bounding_box()
        if box:
            assert min(box["width"], box["height"]) >= 44, control


def test_a_reaction_is_hit_beside_its_chip_too(ana):
    ana.say("one")
    ana.sees("one")
    press_long(ana, "one")
    ana.page.get_by_role("dialog").get_by_role("button", name="👍").tap()
    chip = ana.page.locator(".chip")
    expect(chip).to_be_visible()
    box = chip.bounding_box()
    assert box["width"] >= 44
    middle = box["y"] + box["height"] / 2
    for y in (middle - 21, middle + 21):
        assert ana.page.evaluate(IS_CHIP, [box["x"] + 5, y])


def test_who_reacted_covers_a_message_for_a_few_seconds(ana, ben):
    said(ana, ben, "one")
    react(ben, "one", "👍")
    ana.page.locator(".chip").tap()
    tip = ana.page.get_by_role("tooltip")
    expect(tip).to_have_text("You and Ben reacted with 👍")
    expect(tip).to_be_hidden(timeout=6_000)
    expect(ana.page.locator(".chip")).to_be_focused()


@pytest.mark.parametrize("tapped", ["Reply", "👍"])
def test_what_is_typed_after_a_tap_on_an_action_is_in_the_field(ana, tapped):
    ana.say("one")
    ana.sees("one")
    ana.composer.fill("a draft, ")
    press_long(ana, "one")
    # On the word itself, which takes the caret.
    ana.page.get_by_role("dialog").get_by_text(tapped, exact=True).tap()
    expect(ana.page.get_by_role("dialog")).to_have_count(0)
    expect(ana.composer).to_be_focused()
    if tapped == "👍":
        expect(ana.page.locator(".chip")).to_be_visible()
    ana.page.keyboard.type("two")
    expect(ana.composer).to_have_value("a draft, two")


@pytest.mark.parametrize("width", [320, 360])
def test_nothing_is_wider_than_the_screen(guest, width):
    ana = guest("Ana", **PHONE | {"viewport": {"width": width, "height": 568}})
    ana.composer.fill("https://example.org/" + "x" * 300)
    ana.page.get_by_role("button", name="Send").tap()
    expect(ana.messages).to_have_count(1)
    root = "document.documentElement"
    assert ana.page.evaluate(f"{root}.scrollWidth") == width
    assert ana.scroller.evaluate("box => box.scrollWidth <= box.clientWidth")
    ana.page.goto("/")
    assert ana.page.evaluate(f"{root}.scrollWidth") == width


def test_a_long_room_name_does_not_change_the_fields_height(visit, site):
    ben = Guest(visit(site, **PHONE), "Ben")
    heights = []
    for name in ("Hall", "A room with a name that nobody could read to its end on a phone"):
        ben.come_in(name)
        expect(ben.composer).to_have_attribute("placeholder", f"Write to {name}")
        heights.append(ben.composer.bounding_box()["height"])
    assert heights[0] == heights[1]


def test_the_request_to_slow_down_is_not_cut_off(visit, serve):
    ana = Guest(visit(serve("runserver", CHAT_RATE_LIMITS="on"), **PHONE), "Ana")
    ana.come_in("Hall")
    ana.page.evaluate(
        """() => {
            const field = document.querySelector("[data-part=composer-text]");
            for (let number = 0; number < 40; number += 1) {
                field.value = `quick ${number}`;
                field.form.requestSubmit(null);
            }
        }"""
    )
    hint = ana.page.locator(".hint")
    expect(hint).to_have_text(re.compile(r"^That was quick\. The rest goes out in \d+ s\.$"))
    assert hint.evaluate("hint => hint.scrollWidth <= hint.clientWidth")


def test_on_its_side_a_phone_shows_all_of_the_question_for_a_name(guest, visit, site):
    ana = guest("Ana")
    page = visit(site, viewport={"width": 740, "height": 360}, has_touch=True, is_mobile=True)
    page.goto(ana.page.url)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.scrollHeight <= dialog.clientHeight")
