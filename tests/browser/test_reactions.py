"""Reactions: chips under a message, six usual emoji, and the picker with all of them."""

from playwright.sync_api import expect

from tests.browser.histories import FRAMES, WATCH, writer_in
from tests.browser.people import Guest, finish_animations, said, tab_back_to
from tests.browser.test_access import violations


def react(person: Guest, text: str, emoji: str) -> None:
    """React with one of the usual emoji, from the menu."""
    person.message(text).hover()
    person.page.get_by_role("button", name="More", exact=True).click()
    person.page.get_by_role("dialog").get_by_role("button", name=emoji).click()


def chips(person: Guest, text: str):
    return person.message(text).locator(".chip")


def test_reactions_are_counted_and_ones_own_are_marked(ana, ben):
    said(ana, ben, "one")
    react(ben, "one", "🎉")
    expect(chips(ana, "one")).to_have_text("🎉 1")
    expect(chips(ana, "one")).to_have_attribute("aria-pressed", "false")
    chips(ana, "one").click()
    for person in (ana, ben):
        expect(chips(person, "one")).to_have_text("🎉 2")
        expect(chips(person, "one")).to_have_attribute("aria-pressed", "true")
    chips(ana, "one").hover()
    expect(ana.page.get_by_role("tooltip")).to_have_text("You and Ben reacted with 🎉")
    assert violations(ana.page) == []
    for person in (ana, ben):
        chips(person, "one").click()
    for person in (ana, ben):
        expect(chips(person, "one")).to_have_count(0)


def test_the_focus_stays_at_the_message_when_a_chip_or_the_picker_goes(ana, ben):
    said(ana, ben, "one")
    message = ben.message("one")
    react(ben, "one", "🎉")
    expect(chips(ana, "one")).to_have_text("🎉 1")
    chips(ben, "one").focus()
    ben.page.keyboard.press("Enter")
    expect(chips(ben, "one")).to_have_count(0)
    expect(message).to_be_focused()
    ben.composer.focus()
    message.hover()
    message.get_by_role("button", name="React", exact=True).click()
    expect(ben.page.get_by_label("Search emoji")).to_be_focused()
    ben.page.keyboard.press("Escape")
    expect(message).to_be_focused()


def test_a_reaction_offline_is_shown_and_goes_out_later(ana, ben):
    said(ana, ben, "one")
    ben.page.context.set_offline(True)
    expect(ben.banner).to_be_visible()
    react(ben, "one", "👍")
    expect(chips(ben, "one")).to_have_text("👍 1")
    expect(chips(ana, "one")).to_have_count(0)
    ben.page.context.set_offline(False)
    expect(chips(ana, "one")).to_have_text("👍 1")
    expect(chips(ben, "one")).to_have_text("👍 1")


def test_reactions_move_nothing_for_somebody_who_reads_above(guest, site, room):
    with writer_in(site, room, 60) as writer:
        ana = guest("Ana")
        ana.sees("message 60")
        ana.message("message 30").scroll_into_view_if_needed()
        expect(ana.jump).to_be_visible()
        ana.scroller.evaluate(WATCH)
        for seq in (12, 60):
            writer.request("react", room=writer.room, seq=seq, emoji="👍", on=True)
            expect(chips(ana, f"message {seq}")).to_have_text("👍 1")
        ana.page.evaluate(FRAMES)
        assert max(map(abs, ana.page.evaluate("window.moves"))) < 1


def test_any_emoji_is_found_by_keyboard_in_a_skin_tone_and_remembered(ana, ben):
    said(ana, ben, "one")
    page = ben.page
    tab_back_to(page, "[role=log]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="React").press("Enter")
    picker = page.get_by_role("dialog", name="Choose an emoji")
    expect(picker.get_by_role("heading", name="Flags")).to_be_attached()
    picker.get_by_label("Skin tone").select_option("✋🏽")
    picker.get_by_label("Search emoji").focus()
    page.keyboard.type("wav")
    expect(picker.locator(".picker-emoji").first).to_have_text("👋🏽")
    # Of a few emoji: axe takes ten seconds for all.
    finish_animations(page)
    assert violations(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(chips(ana, "one")).to_have_text("👋🏽 1")
    expect(ben.message("one")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(chips(ben, "one")).to_be_focused()
    expect(page.get_by_role("tooltip")).to_have_text("You reacted with 👋🏽")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Emoji", exact=True).click()
    expect(picker.locator(".picker-emoji").first).to_have_text("👋🏽")
    picker.locator(".picker-emoji").first.click()
    expect(ben.composer).to_have_value("👋🏽")
