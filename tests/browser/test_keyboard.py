"""A conversation by keyboard alone, on a desk and on a phone, and the list of all keys."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import Guest, said
from tests.browser.test_access import violations
from tests.browser.test_entries import Member, accounts, enter
from tests.browser.test_rooms import Shown

__all__ = ["accounts", "enter"]

SIZES = [(360, 740), (1280, 800)]
# More than there are stops of the Tab key on the page.
STOPS = 40


class ByKeyboard(Shown):
    """Somebody who has no mouse."""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.press("Enter")

    def go_to(self, target: Locator, key: str) -> None:
        """Press a key until an element has the focus."""
        for _ in range(STOPS):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{key} does not lead to {target}")

    def choose(self, action: str) -> None:
        """Choose an action for the message that has the focus."""
        self.press("Enter")
        dialog = self.page.get_by_role("dialog", name="Message actions")
        self.go_to(dialog.get_by_role("button", name=action, exact=True), "ArrowDown")
        self.press("Enter")

    def go_to_last_message(self) -> None:
        expect(self.composer).to_be_focused()
        self.press("Shift+Tab")
        self.go_to(self.messages.last, "ArrowDown")


class MemberByKeyboard(ByKeyboard, Member):
    """A member who has no mouse."""


@pytest.fixture
def mara(enter, address_of, room) -> MemberByKeyboard:
    """Return a member who was in two rooms, the test's own and another, in the first one."""
    slugs = [address_of(name).split("/")[2] for name in (f"{room} garden", room)]
    member = enter("mara", slugs[0])
    mara = MemberByKeyboard(member.page, "mara")
    mara.open(slugs[1])
    return mara


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_two_people_talk_by_keyboard_alone(mara, site, visit, address_of, room, size):
    ana = ByKeyboard(visit(site), "Ana")
    for person in (ana, mara):
        person.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    ana.page.goto(address_of(room))
    expect(ana.page.get_by_label("Your name")).to_be_focused()
    ana.type("Ana")
    ana.is_in()
    ana.type("good mroning")
    mara.sees("good mroning")
    ana.press("ArrowUp")
    expect(ana.page.get_by_label("Edit message")).to_be_focused()
    ana.press("Control+a")
    ana.type("good morning")
    mara.sees("good morning")

    mara.go_to_last_message()
    mara.press("Enter", "Enter")
    chip = ana.message("good morning").get_by_role("button", name="👍")
    expect(chip).to_be_visible()
    expect(mara.message("good morning")).to_be_focused()
    mara.press("ArrowRight")
    expect(mara.message("good morning").get_by_role("button", name="👍")).to_be_focused()
    mara.press("Enter", "ArrowLeft")
    expect(chip).to_have_count(0)
    mara.choose("Reply")
    mara.type("and to you")
    ana.sees("and to you")

    ana.go_to_last_message()
    ana.press("ArrowUp")
    ana.choose("Delete")
    expect(ana.page.get_by_role("button", name="Undo")).to_be_focused()
    ana.press("Enter")
    expect(ana.message("good morning")).to_be_focused()
    ana.press("Escape")
    expect(ana.composer).to_be_focused()

    go_around(mara, room)


def go_around(mara: MemberByKeyboard, room: str) -> None:
    """Visit another room, come back, and open and close what there is."""
    page, title = mara.page, mara.rooms.title
    mara.press("Control+k")
    mara.type(f"{room} garden")
    expect(title).to_have_text(f"{room} garden")
    expect(mara.composer).to_be_focused()
    page.go_back()
    expect(title).to_have_text(room)
    for name, panel in (
        ("Rooms", page.get_by_role("navigation", name="Rooms")),
        ("People here", page.get_by_role("complementary")),
        ("Menu", page.get_by_role("region", name="Menu")),
    ):
        button = page.get_by_role("button", name=name, exact=name != "People here")
        if not button.is_visible():
            continue
        expect(mara.composer).to_be_focused()
        mara.go_to(button, "Shift+Tab")
        mara.press("Enter")
        expect(panel).to_be_visible()
        mara.press("Tab", "Escape")
        expect(panel).to_be_hidden()
        expect(button).to_be_focused()
        mara.go_to(mara.composer, "Tab")


def test_from_where_one_writes_it_is_one_step_to_the_messages_past_links_in_them(ana, ben):
    said(ana, ben, "https://example.com/a", "two")
    ana.say(f"```\n{'wide ' * 99}\n```")
    code = ben.messages.locator("pre")
    expect(code).to_be_visible()
    link = ben.messages.get_by_role("link")
    ben.composer.focus()
    ben.page.keyboard.press("Shift+Tab")
    expect(ben.scroller).to_be_focused()
    ben.page.keyboard.press("ArrowUp")
    ben.page.keyboard.press("Tab")
    expect(code).to_be_focused()
    ben.page.keyboard.press("ArrowRight")
    expect(code).to_be_focused()
    ben.page.wait_for_function("code => code.scrollLeft > 0", arg=code.element_handle())
    ben.page.keyboard.press("ArrowUp")
    expect(ben.message("two")).to_be_focused()
    ben.page.keyboard.press("ArrowUp")
    ben.page.keyboard.press("Tab")
    expect(link).to_be_focused()


def test_a_question_mark_shows_all_keys_but_not_where_one_writes(ana):
    page = ana.page
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    ana.composer.press("?")
    expect(ana.composer).to_have_value("?")
    ana.composer.fill("")
    # The part that knows the key has come.
    expect(page.locator(".text-button", has_text="Keyboard shortcuts")).to_be_attached()
    ana.scroller.focus()
    page.keyboard.press("?")
    expect(keys.get_by_text("Edit your last message")).to_be_visible()
    # Who is in one room has no other to go to.
    expect(keys.get_by_text("The room above or below")).to_have_count(0)
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    expect(ana.scroller).to_be_focused()
    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(keys).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()


def test_escape_marks_as_read_once_nothing_is_open(ana: Guest, ben):
    ana.lose_focus()
    ben.say("one")
    line = ana.page.locator(".new-line")
    expect(line).to_be_visible()
    ana.get_focus()
    ana.page.get_by_role("button", name="Menu", exact=True).click()
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("region", name="Menu")).to_be_hidden()
    expect(line).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(line).to_have_count(0)


def test_in_the_list_one_goes_up_and_down_and_to_what_is_unread(mara, room, guest):
    page = mara.page
    expect(page.locator(".rooms-item").nth(1)).to_be_attached()
    names = page.locator(".rooms-item .rooms-item-name").all_text_contents()
    place = names.index(room)
    mara.press("Alt+ArrowDown")
    expect(mara.rooms.title).to_have_text(names[(place + 1) % len(names)])
    mara.press("Alt+ArrowUp", "Alt+ArrowUp")
    expect(mara.rooms.title).to_have_text(names[place - 1])
    guest("Ben").say("look")
    expect(mara.rooms.entry(room).first).to_have_class(re.compile(r"\bunread\b"))
    # Other tests may have left unread messages in the rooms above.
    mara.press("Alt+Shift+ArrowDown")
    expect(mara.rooms.title).to_have_text(room)
