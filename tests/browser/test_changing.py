"""Changing what one wrote: the actions of a message by mouse, keyboard and touch."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import (
    Guest,
    choose,
    finish_animations,
    press_long,
    said,
    tab_back_to,
)
from tests.browser.test_access import violations

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


def actions_of(person: Guest) -> list[str]:
    return person.page.get_by_role("dialog").get_by_role("button").all_inner_texts()


def test_an_edit_is_seen_by_everybody_in_its_place(ana, ben):
    said(ana, ben, "one", "two", "three")
    choose(ana, "two", "Edit")
    expect(ana.page.get_by_label("Edit message")).to_be_focused()
    ana.page.keyboard.type(" and more")
    ana.page.keyboard.press("Enter")
    for person in (ana, ben):
        person.sees_in_order("one", "two and more", "three")
        expect(person.page.locator("[data-part=edited]").filter(visible=True)).to_have_count(0)
    expect(ana.composer).to_be_focused()


def test_the_bar_and_an_edit_move_nothing(ana, ben):
    said(ana, ben, "one", "two", "three")
    finish_animations(ana.page)
    places = ana.messages.evaluate_all("all => all.map((each) => each.getBoundingClientRect().y)")
    ana.message("two").hover()
    expect(ana.page.get_by_role("toolbar")).to_be_visible()
    after = ana.messages.evaluate_all("all => all.map((each) => each.getBoundingClientRect().y)")
    assert after == places
    text = ana.message("two").locator(".message-body").bounding_box()
    choose(ana, "two", "Edit")
    field = ana.page.get_by_label("Edit message").bounding_box()
    assert abs(field["x"] - text["x"]) < 1
    assert violations(ana.page) == []


def test_escape_gives_back_what_was(ana, ben):
    said(ana, ben, "one")
    ana.composer.press("ArrowUp")
    ana.page.keyboard.type(" more")
    ana.page.keyboard.press("Escape")
    ana.sees("one")
    ana.composer.press("ArrowUp")
    expect(ana.page.get_by_label("Edit message")).to_have_value("one")


def test_up_in_a_composer_with_words_edits_nothing(ana, ben):
    said(ana, ben, "one")
    ana.composer.fill("two")
    ana.composer.press("ArrowUp")
    expect(ana.page.get_by_label("Edit message")).to_have_count(0)


def test_what_is_typed_in_an_edit_survives_a_reload(ana, ben):
    said(ana, ben, "one")
    ana.composer.press("ArrowUp")
    ana.page.keyboard.type(" more")
    ana.page.reload()
    field = ana.page.get_by_label("Edit message")
    expect(field).to_have_value("one more")
    expect(ana.composer).to_be_focused()
    field.press("Enter")
    ben.sees("one more")


def test_an_edit_of_a_message_that_is_sent_meanwhile_survives_a_reload(ana, ben):
    said(ana, ben, "one")
    ana.page.context.set_offline(True)
    expect(ana.banner).to_be_visible()
    ana.say("two")
    ana.composer.press("ArrowUp")
    ana.page.keyboard.type(" more")
    ana.page.context.set_offline(False)
    ben.sees("two")
    expect(ana.messages.last).not_to_contain_class("pending")
    ana.page.reload()
    field = ana.page.get_by_label("Edit message")
    expect(field).to_have_value("two more")
    field.press("Enter")
    ben.sees("two more")


def test_words_for_a_message_that_was_deleted_meanwhile_can_be_copied(ana, ben):
    said(ana, ben, "one", "two")
    slug = ana.page.url.split("/")[-2]
    choose(ana, "one", "Edit")
    ana.page.keyboard.type(" more")
    change_elsewhere(ana, slug, 1, None)
    expect(ben.messages.first).to_contain_class("deleted")
    ana.page.reload()
    failed = ana.message("one more")
    expect(failed).to_contain_text("This message was deleted. Copy your words")
    expect(failed.get_by_role("button", name="Edit again")).to_be_hidden()
    expect(ana.page.get_by_label("Edit message")).to_have_count(0)
    failed.get_by_role("button", name="Discard").click()
    expect(ana.messages.first).to_contain_class("deleted")
    ana.page.reload()
    expect(ana.messages.first).to_contain_class("deleted")


def test_an_edit_made_offline_is_shown_and_goes_out_later(ana, ben):
    said(ana, ben, "one")
    ana.page.context.set_offline(True)
    expect(ana.banner).to_be_visible()
    choose(ana, "one", "Edit")
    ana.page.keyboard.type(" more")
    ana.page.keyboard.press("Enter")
    expect(ana.message("one more")).to_contain_class("pending")
    ben.sees("one")
    ana.page.context.set_offline(False)
    ben.sees("one more")
    ana.sees("one more")


def test_an_edit_of_a_message_that_changed_elsewhere_is_kept_and_refused(ana, ben):
    said(ana, ben, "one")
    slug = ana.page.url.split("/")[-2]
    ana.composer.press("ArrowUp")
    ana.page.keyboard.type(" here")
    change_elsewhere(ana, slug, 1, "one there")
    expect(ana.page.locator(".message-body")).to_have_text("one there")
    ana.page.keyboard.press("Enter")
    message = ana.message("one here")
    expect(message).to_contain_class("failed")
    expect(message).to_contain_text("This message was changed elsewhere.")
    ben.sees("one there")
    message.get_by_role("button", name="Edit again").click()
    field = ana.page.get_by_label("Edit message")
    expect(field).to_have_value("one here")
    field.press("Enter")
    ben.sees("one here")
    ana.sees("one here")


def change_elsewhere(person: Guest, slug: str, seq: int, body: str | None) -> None:
    """Edit a message of somebody, or delete it, on another device of theirs."""
    person.page.evaluate(
        """async ([slug, seq, body]) => {
            const storages = [sessionStorage, localStorage].flatMap((s) => Object.entries(s));
            const [, guest] = storages.find(([key]) => /guest$/.test(key));
            const { token } = JSON.parse(guest);
            await fetch(`/api/v1/rooms/${slug}/messages/${seq}`, {
                method: body === null ? "DELETE" : "PATCH",
                headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
                body: body === null ? undefined : JSON.stringify({ body }),
            });
        }""",
        [slug, seq, body],
    )


def test_a_late_edit_is_marked_with_its_time(site, ana, ben, room):
    said(ana, ben, "one")
    longer_ago = "created_at=F('created_at') - timedelta(minutes=2)"
    site.manage(
        "shell",
        "-c",
        "from datetime import timedelta; from django.db.models import F;"
        f"from chat.models import Message; Message.objects.filter(room__name='{room}')"
        f".update({longer_ago})",
    )
    ana.composer.press("ArrowUp")
    ana.page.keyboard.type(" more")
    ana.page.keyboard.press("Enter")
    ben.sees("one more")
    mark = ben.message("one more").get_by_text("edited", exact=True)
    expect(mark).to_be_visible()
    expect(mark).to_have_attribute("title", re.compile(r"^Edited \w+, \d+ \w+ \d{4}"))


def test_a_double_click_on_the_button_of_the_menu_chooses_nothing(ana):
    # There is room for the menu neither below nor above: it covers the button.
    ana.page.set_viewport_size({"width": 640, "height": 400})
    for number in range(8):
        ana.say(f"message {number}")
    ana.sees("message 7")
    for number in (6, 5, 4):
        ana.message(f"message {number}").hover()
        ana.page.get_by_role("button", name="More", exact=True).dblclick()
        expect(ana.page.get_by_role("dialog")).to_be_visible()
        ana.page.keyboard.press("Escape")
        expect(ana.page.get_by_role("dialog")).to_have_count(0)


def test_a_deletion_can_be_undone(ana, ben):
    said(ana, ben, "one", "two")
    choose(ana, "one", "Delete")
    expect(ana.messages.first).to_contain_text("This message was deleted.")
    ana.page.get_by_role("button", name="Undo").click()
    ana.sees_in_order("one", "two")
    ben.sees_in_order("one", "two")


def test_a_deletion_that_is_not_undone_is_one_for_everybody(ana, ben):
    said(ana, ben, "one", "two")
    choose(ana, "one", "Delete")
    ben.sees_in_order("one", "two")
    expect(ben.messages.first).to_have_class(re.compile(r"\bdeleted\b"))
    expect(ben.messages.first).to_contain_text("This message was deleted.")
    expect(ana.page.get_by_role("button", name="Undo")).to_be_hidden()


def test_a_deletion_is_sent_when_the_page_is_left(ana, ben):
    said(ana, ben, "one")
    choose(ana, "one", "Delete")
    ana.page.goto("/")
    expect(ben.messages.first).to_contain_class("deleted", timeout=4_000)


def test_others_messages_cannot_be_changed(ana, ben):
    said(ana, ben, "one")
    ben.message("one").hover()
    ben.page.get_by_role("button", name="More", exact=True).click()
    assert actions_of(ben)[-4:] == ["React", "Reply", "Copy text", "Copy link"]


def test_a_deleted_message_has_no_actions(ana, ben):
    said(ana, ben, "one")
    choose(ana, "one", "Delete")
    ana.look_away()
    expect(ben.messages.first).to_contain_class("deleted")
    ben.messages.first.hover()
    expect(ben.page.get_by_role("toolbar")).to_have_count(0)


@pytest.mark.parametrize("focused", ["two", "one"])
def test_a_press_in_the_bar_counts_while_a_message_has_the_focus(ana, ben, focused):
    said(ana, ben, "one")
    said(ana, ben, "two")
    ben.message(focused).locator(".message-body").click()
    expect(ben.message(focused)).to_be_focused()
    ben.message("two").hover()
    ben.message("two").get_by_role("button", name="Reply", exact=True).click()
    expect(ben.composer).to_be_focused()
    ben.say("three")
    expect(ben.message("three").locator(".message-original")).to_have_text(re.compile("two$"))


def test_actions_are_reached_by_keyboard_alone(ana, ben):
    said(ana, ben, "one", "two")
    page = ana.page
    tab_back_to(page, "[role=log]")
    page.keyboard.press("ArrowUp")
    expect(ana.message("two")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(ana.message("one")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(ana.message("one")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Delete")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(ana.message("one")).to_be_focused()
    page.keyboard.press("Escape")
    expect(ana.composer).to_be_focused()


@pytest.mark.parametrize("action", ["Copy text", "👍"])
def test_after_a_choice_by_mouse_one_writes_on(ana, ben, action):
    said(ana, ben, "one")
    choose(ben, "one", action)
    expect(ben.page.get_by_role("dialog")).to_be_hidden()
    expect(ben.composer).to_be_focused()


def test_a_long_press_opens_a_sheet_from_below(guest, ben):
    carl = guest("Carl", **PHONE)
    said(carl, ben, "one")
    press_long(carl, "one")
    sheet = carl.page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    finish_animations(carl.page)
    box = sheet.bounding_box()
    assert (box["y"] + box["height"], box["width"]) == (740, 360)
    for button in sheet.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
    assert violations(carl.page) == []
    sheet.get_by_role("button", name="Edit").tap()
    expect(carl.page.get_by_text("Editing")).to_be_visible()
    expect(carl.composer).to_be_hidden()
    carl.page.keyboard.type(" more")
    carl.page.get_by_role("button", name="Save").tap()
    ben.sees("one more")
    expect(carl.composer).to_be_visible()
