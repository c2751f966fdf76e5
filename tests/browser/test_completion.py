"""Completion in the composer: names after "@", emoji after ":"."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_access import violations


@pytest.fixture
def ana(guest):
    ana = guest("Ana")
    for name in ("Ben", "Cleo Blom"):
        guest(name)
        expect(ana.page.locator(".people")).to_contain_text(name)
    return ana


def test_a_name_is_completed_by_keyboard_and_nothing_is_sent(ana):
    options = ana.page.get_by_role("listbox").get_by_role("option")
    ana.composer.press_sequentially("hi @")
    expect(options).to_have_text(["Ben", "Cleo Blom"])
    assert violations(ana.page) == []
    ana.composer.press("ArrowDown")
    chosen = options.filter(has_text="Cleo Blom")
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(ana.composer).to_have_attribute("aria-activedescendant", chosen.get_attribute("id"))
    ana.composer.press("Enter")
    expect(ana.composer).to_have_value("hi @Cleo Blom ")
    expect(options).to_have_count(0)
    ana.composer.press_sequentially("@be")
    expect(options).to_have_text(["Ben"])
    ana.composer.press("Escape")
    expect(options).to_have_count(0)
    ana.composer.press("Enter")
    ana.sees("hi @Cleo Blom @be")


def test_an_emoji_is_completed_or_typed_whole(ana):
    options = ana.page.get_by_role("listbox").get_by_role("option")
    ana.composer.press_sequentially("so :tad")
    expect(options.first).to_contain_text(":tada:")
    options.first.click()
    expect(ana.composer).to_have_value("so 🎉 ")
    expect(ana.composer).to_be_focused()
    ana.composer.press_sequentially("and :heart:")
    expect(ana.composer).to_have_value("so 🎉 and ❤️")
    ana.composer.press_sequentially(" at 10:30")
    expect(options).to_have_count(0)
    ana.composer.press("Enter")
    ana.sees("so 🎉 and ❤️ at 10:30")


def test_a_completion_ends_where_the_caret_leaves_its_word(ana):
    options = ana.page.get_by_role("listbox").get_by_role("option")
    ana.composer.press_sequentially("hey @Be")
    expect(options).to_have_text(["Ben"])
    for _ in range(6):
        ana.composer.press("ArrowLeft")
    expect(options).to_have_count(0)
    ana.composer.press("Enter")
    ana.sees("hey @Be")


def test_an_emoji_that_comes_after_its_message_was_sent_is_not_typed(ana):
    held = []
    ana.page.route("**/data*.json", lambda route: held.append(route))
    ana.composer.press_sequentially("hi :smile:")
    ana.composer.press("Enter")
    ana.sees("hi :smile:")
    with ana.page.expect_response("**/data*.json") as loaded:
        held[0].continue_()
    loaded.value.finished()
    ana.page.wait_for_timeout(500)
    expect(ana.composer).to_have_value("")


def test_who_is_mentioned_sees_it_at_the_message_and_in_the_title(guest, room):
    ana, ben = guest("Ana"), guest("Ben")
    expect(ana.page.locator(".people")).to_contain_text("Ben")
    ana.look_away()
    ben.composer.press_sequentially("for @an")
    expect(ben.page.get_by_role("option")).to_have_text(["Ana "])
    ben.composer.press("Tab")
    ben.composer.press_sequentially("and `@Ana`")
    ben.composer.press("Enter")
    for person, classes in ((ana, "mention of-me"), (ben, "mention")):
        expect(person.page.locator(".mention")).to_have_text("@Ana")
        expect(person.page.locator(".mention")).to_have_class(classes)
    expect(ana.messages).to_contain_class("mentions-me")
    expect(ben.messages).not_to_contain_class("mentions-me")
    expect(ana.page).to_have_title(re.compile(r"^\(@1\) "))
    ana.look_back()
    assert violations(ana.page) == []
