"""Completion where one writes: names after "@", emoji after ":", and who is meant by a name."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Guest
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


def test_a_slash_alone_offers_what_the_menu_does(ana):
    options = ana.page.get_by_role("listbox").get_by_role("option")
    ana.composer.press_sequentially("/")
    expect(options.first).to_have_text("Change name")
    assert violations(ana.page) == []
    ana.composer.press_sequentially("li")
    expect(options).to_have_text(["Copy the link to this room"])
    for _ in "li":
        ana.composer.press("Backspace")
    ana.composer.press_sequentially("na")
    expect(options).to_have_text(["Change name"])
    ana.composer.press("Enter")
    name = ana.page.get_by_role("dialog").get_by_label("Your name")
    expect(name).to_be_focused()
    expect(ana.composer).to_have_value("")
    ana.page.keyboard.press("Escape")
    expect(ana.composer).to_be_focused()
    expect(ana.page.locator(".message")).to_have_count(0)


def test_in_a_low_window_the_list_scrolls_to_what_is_chosen(ana):
    ana.page.set_viewport_size({"width": 740, "height": 180})
    ana.composer.press_sequentially(":smi")
    options = ana.page.get_by_role("listbox").get_by_role("option")
    expect(options).to_have_count(6)
    for key in ("ArrowUp", "ArrowDown"):
        expect(ana.page.get_by_role("option", selected=True)).to_be_in_viewport(ratio=1)
        ana.composer.press(key)
    expect(options.first).to_be_in_viewport(ratio=1)


def test_a_slash_is_text_where_it_is_no_command(ana):
    options = ana.page.get_by_role("listbox").get_by_role("option")
    # With what it offers loaded.
    ana.composer.press_sequentially("/")
    expect(options.first).to_be_visible()
    ana.composer.press_sequentially("etc/name")
    expect(options).to_have_count(0)
    ana.composer.press("Enter")
    ana.sees("/etc/name")
    ana.composer.press("ArrowUp")
    editor = ana.page.locator("[data-part=editor-text]")
    editor.fill("")
    editor.press_sequentially("/na")
    editor.press("Enter")
    ana.sees("/na")


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
    with ana.page.expect_request("**/data*.json"):
        ana.composer.press_sequentially("hi :smile")
    ana.composer.press_sequentially(":")
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


def sent_mentions(person: Guest) -> list:
    """Return the list to which the `mentions` of each `send` and `edit` of a page are added; None
    where it has none."""
    found = []

    def note(payload: str | bytes) -> None:
        command = json.loads(payload)
        if command["type"] in ("send", "edit"):
            found.append(command.get("mentions"))

    person.page.on("websocket", lambda socket: socket.on("framesent", note))
    person.page.reload()
    person.is_in()
    return found


def choose_name(person: Guest, letters: str, name: str) -> None:
    """Type some letters, and take the completion of a name."""
    person.page.keyboard.type(f"@{letters}")
    expect(person.page.get_by_role("option", name=name)).to_be_visible()
    person.page.keyboard.press("Tab")


def test_who_was_chosen_is_sent_and_who_was_typed_or_changed_is_not(ana):
    sent = sent_mentions(ana)
    expect(ana.page.locator(".people")).to_contain_text("Ben")
    ana.composer.focus()
    for typed, count in {"hello": 1, "\bx": 0, "\b\bn ": 0}.items():
        choose_name(ana, "be", "Ben")
        for key in typed:
            ana.page.keyboard.press("Backspace" if key == "\b" else key)
        before = ana.messages.count()
        ana.page.keyboard.press("Enter")
        expect(ana.messages).to_have_count(before + 1)
        # It was acknowledged, so the note of its frame is here.
        expect(ana.page.locator(".message.pending")).to_have_count(0)
        assert len(sent[-1] or []) == count, typed
    ana.say("@Ben.")
    choose_name(ana, "be", "Ben")
    ana.page.reload()
    ana.composer.press("End")
    ana.page.keyboard.type("again")
    ana.page.keyboard.press("Enter")
    ana.sees("@Ben again")
    assert [bool(each) for each in sent[-2:]] == [False, True]


def test_somebody_who_is_gone_is_meant_by_their_id(ana, guest):
    dan = guest("Dan")
    dan.say("bye")
    ana.sees("bye")
    dan.page.close()
    expect(ana.page.locator(".people")).not_to_contain_text("Dan")
    ana.composer.focus()
    choose_name(ana, "d", "Dan")
    ana.page.keyboard.type("and @Ben.")
    ana.page.keyboard.press("Enter")
    mentions = ana.message("@Dan and @Ben.").locator(".mention")
    expect(mentions).to_have_text(["@Dan", "@Ben"])


def test_an_edit_completes_and_keeps_who_was_meant(ana, guest):
    dan = guest("Dan")
    dan.say("bye")
    ana.sees("bye")
    dan.page.close()
    expect(ana.page.locator(".people")).not_to_contain_text("Dan")
    ana.composer.focus()
    choose_name(ana, "d", "Dan")
    ana.page.keyboard.press("Enter")
    ana.sees("@Dan")
    ana.composer.press("ArrowUp")
    field = ana.page.get_by_label("Edit message")
    expect(field).to_be_focused()
    ana.page.keyboard.type(" and ")
    choose_name(ana, "cl", "Cleo Blom")
    expect(field).to_have_value("@Dan and @Cleo Blom ")
    assert violations(ana.page) == []
    ana.page.keyboard.type(":tad")
    expect(ana.page.get_by_role("option").first).to_contain_text(":tada:")
    ana.page.keyboard.press("Escape")
    expect(field).to_be_focused()
    ana.page.keyboard.type("!")
    ana.page.keyboard.press("Enter")
    edited = ana.message("@Dan and @Cleo Blom :tad!")
    expect(edited.locator(".mention")).to_have_text(["@Dan", "@Cleo Blom"])


def test_the_list_in_an_edit_is_seen_whole_also_at_the_top(ana):
    for number in range(30):
        ana.say(f"line {number}")
    ana.sees("line 29")
    ana.scroll_up()
    ana.message("line 0").scroll_into_view_if_needed()
    ana.message("line 0").hover()
    ana.page.get_by_role("button", name="More", exact=True).click()
    ana.page.get_by_role("dialog").get_by_role("button", name="Edit").click()
    ana.scroller.evaluate("box => box.scrollTop = 0")
    ana.page.keyboard.type(" @")
    options = ana.page.get_by_role("option")
    expect(options).to_have_text(["Ben", "Cleo Blom"])
    for option in options.all():
        expect(option).to_be_in_viewport(ratio=1)
    ana.page.keyboard.press("Escape")
    ana.page.keyboard.press("Escape")
    ana.composer.press_sequentially("@")
    expect(options).to_have_text(["Ben", "Cleo Blom"])


def test_a_mention_is_tinted_under_the_name_of_its_time(ana, guest, site):
    dora = guest("Dora Two")
    expect(ana.page.locator(".people")).to_contain_text("Dora Two")
    ana.composer.focus()
    choose_name(ana, "do", "Dora Two")
    ana.page.keyboard.press("Enter")
    ana.sees("@Dora Two")
    rename = "from chat.models import Person; Person.objects.filter(name='Dora Two')"
    site.manage("shell", "-c", f"{rename}.update(name='Dorothy', name_key='dorothy')")
    for person in (ana, dora):
        person.page.reload()
        expect(person.message("@Dora Two").locator(".mention")).to_have_text("@Dora Two")
    ana.composer.press("ArrowUp")
    ana.page.keyboard.type("!")
    ana.page.keyboard.press("Enter")
    expect(dora.message("@Dora Two!").locator(".mention.of-me")).to_have_text("@Dora Two")
