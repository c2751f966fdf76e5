"""Replies, with what they reply to above them, and copies of several messages."""

import re

from playwright.sync_api import expect

from tests.browser.people import Guest, choose, said
from tests.browser.test_access import violations


def reply(person: Guest, text: str, answer: str) -> None:
    """Reply to a message by the button of its bar."""
    person.message(text).hover()
    person.page.get_by_role("button", name="Reply", exact=True).click()
    person.page.keyboard.type(answer)
    person.page.keyboard.press("Enter")


def original_of(person: Guest, text: str):
    return person.message(text).locator(".message-original")


def test_a_reply_shows_what_it_replies_to(ana, ben):
    said(ana, ben, "Shall we\nplay chess?", "Or go?")
    ben.message("Shall we\nplay chess?").hover()
    ben.page.get_by_role("button", name="Reply", exact=True).click()
    waiting = ben.page.locator(".composer-reply")
    expect(waiting).to_contain_text("Replying to Ana Shall we play chess?")
    expect(ben.composer).to_be_focused()
    assert violations(ben.page) == []
    ben.say("Yes")
    expect(waiting).to_be_hidden()
    for person in (ana, ben):
        person.sees("Yes")
        expect(original_of(person, "Yes")).to_have_text(re.compile("Ana Shall we play chess\\?$"))
        assert violations(person.page) == []
    ben.say("And you?")
    ana.sees("And you?")
    expect(original_of(ana, "And you?")).to_be_hidden()


def test_a_reply_that_waits_survives_a_reload_and_can_be_taken_away(ana, ben):
    said(ana, ben, "one")
    choose(ben, "one", "Reply")
    ben.page.reload()
    expect(ben.page.get_by_text("Replying to Ana")).to_be_visible()
    ben.composer.press("Escape")
    expect(ben.page.get_by_text("Replying to Ana")).to_be_hidden()
    ben.say("no reply")
    ana.sees("no reply")
    expect(original_of(ana, "no reply")).to_be_hidden()


def test_what_is_replied_to_is_shown_as_it_is_now(ana, ben):
    said(ana, ben, "one")
    reply(ben, "one", "an answer")
    expect(original_of(ana, "an answer")).to_contain_text("one")
    choose(ana, "one", "Edit")
    ana.page.keyboard.type(" more")
    ana.page.keyboard.press("Enter")
    for person in (ana, ben):
        expect(original_of(person, "an answer")).to_contain_text("one more")
    choose(ana, "one more", "Delete")
    ana.look_away()
    expect(original_of(ben, "an answer")).to_contain_text("This message was deleted.")


def test_a_click_on_what_is_replied_to_leads_there(ana, ben):
    said(ana, ben, "one")
    for number in range(30):
        ana.say(f"line {number}")
    ben.sees("line 29")
    ben.scroll_up()
    reply(ben, "one", "an answer")
    expect(ben.message("one")).not_to_be_in_viewport()
    original_of(ben, "an answer").click()
    expect(ben.message("one")).to_be_in_viewport()
    expect(ben.message("one")).to_contain_class("lit")


def test_a_copy_of_several_messages_is_a_transcript(guest, ana):
    ben = guest("Ben", permissions=["clipboard-read", "clipboard-write"])
    said(ana, ben, "one\nmore", "two")
    said(ben, ana, "three")
    ben.page.evaluate(
        """() => {
            const bodies = document.querySelectorAll(".message-body");
            const last = bodies[2].querySelector('.paragraph').firstChild;
            getSelection().setBaseAndExtent(bodies[0], 0, last, 2);
        }"""
    )
    ben.page.keyboard.press("ControlOrMeta+c")
    copied = ben.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"Ana, \d\d:\d\d\none\nmore\ntwo\n\nBen, \d\d:\d\d\nth", copied)


def test_after_a_backup_was_restored_words_stay_and_mean_no_other_message(ana, ben, site, room):
    said(ana, ben, "one")
    said(ben, ana, "two")
    choose(ana, "two", "Reply")
    ana.page.keyboard.type("an answer")
    choose(ana, "one", "Edit")
    ana.page.keyboard.type(" more")
    rooms = f"from chat.models import Room; Room.objects.filter(name='{room}')"
    site.manage("shell", "-c", f"{rooms}.update(epoch='restored')")
    # The server has noticed: what is in the log now is all that is shown.
    expect(ana.page.get_by_text("You joined")).to_have_count(0)
    ana.page.reload()
    ana.is_in()
    expect(ana.composer).to_have_value("an answer\none more")
    expect(ana.page.locator(".composer-reply")).to_be_hidden()
    expect(ana.page.get_by_label("Edit message")).to_have_count(0)
    ana.composer.press("Enter")
    ben.page.reload()
    ben.sees("an answer\none more")
    expect(original_of(ben, "an answer\none more")).to_be_hidden()
    ben.sees("one")
