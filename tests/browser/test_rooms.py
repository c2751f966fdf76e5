"""The page as one application: the list of rooms, going from one to another, and what is unread."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.histories import FRAMES, say, writer_in
from tests.browser.people import Guest, choose
from tests.browser.test_access import violations

SWITCHED = "performance.getEntriesByName('chat:switched').map(({ duration }) => duration)"
MOVE = """
from chat.log import move_room
from chat.models import Room
room = Room.objects.get(slug=%r)
move_room(room, %r)
room.save()
"""

# Notes in `window.mostEntries` how many entries the list has had at once.
COUNT_ENTRIES = """() => {
  window.mostEntries = 0;
  const count = () => Math.max(window.mostEntries, document.querySelectorAll(".rooms-item").length);
  const note = () => (window.mostEntries = count());
  new MutationObserver(note).observe(document.body, {childList: true, subtree: true});
}"""


class Rooms:
    """The list of rooms on somebody's page, and the room that is shown."""

    def __init__(self, page: Page):
        self.page = page
        self.entries = page.locator(".rooms-item")
        self.title = page.get_by_role("heading", level=1)

    def entry(self, name: str) -> Locator:
        return self.entries.filter(has_text=re.compile(f"^{re.escape(name)}"))

    def go(self, name: str) -> None:
        self.entry(name).click()
        self.shows(name)

    def shows(self, name: str) -> None:
        expect(self.title).to_have_text(name)
        expect(self.entry(name)).to_have_attribute("aria-current", "page")


class Shown(Guest):
    """Somebody with several rooms on their page, in the one that is shown."""

    def __init__(self, page: Page, name: str):
        super().__init__(page, name)
        shown = page.locator(".conversation:not(.parked)")
        self.composer = shown.get_by_label("Message", exact=True)
        self.messages = shown.locator(".message")
        self.scroller = shown.get_by_role("log")
        self.jump = shown.locator(".jump")
        self.rooms = Rooms(page)


@pytest.fixture
def ana(guest, room) -> Shown:
    """Return a guest who has been in two rooms: the test's own, and another."""
    page = guest("Ana").page
    ana = Shown(page, "Ana")
    ana.start_room(f"{room} garden".replace(" ", "-"))
    expect(ana.rooms.entries).to_have_count(2)
    return ana


@pytest.fixture
def garden(room) -> str:
    return f"{room} garden".replace(" ", "-")


def test_a_guest_in_one_room_sees_no_list(guest):
    ana = guest("Ana")
    ana.page.mouse.move(5, 5)
    ana.say("hello")
    ana.sees("hello")
    expect(ana.page.locator(".rooms-panel")).to_have_count(0)
    expect(ana.page.get_by_role("link", name="All rooms")).to_be_visible()


def test_rooms_change_without_a_reload_and_are_as_they_were(ana, room, garden):
    ana.page.evaluate("window.isTheSamePage = true")
    ana.say("in the garden")
    ana.composer.fill("a draft for the garden")
    ana.rooms.go(room)
    expect(ana.page).to_have_url(re.compile(r"/rooms/rooms-change[^?]*/$"))
    expect(ana.page).to_have_title(re.compile(f"^{re.escape(room)}"))
    expect(ana.composer).to_be_focused()
    ana.say("in the first room")
    ana.sees("in the first room")
    # Where one is already there is no step to go back.
    ana.rooms.go(room)
    ana.page.go_back()
    ana.rooms.shows(garden)
    expect(ana.composer).to_have_value("a draft for the garden")
    ana.sees("in the garden")
    ana.page.go_forward()
    ana.rooms.shows(room)
    expect(ana.composer).to_have_value("")
    assert ana.page.evaluate("window.isTheSamePage")
    ana.page.reload()
    ana.rooms.shows(room)


def test_a_deletion_is_sent_when_another_room_is_shown(ana, guest, room, garden):
    ben = guest("Ben", garden)
    ana.say("a secret")
    ben.sees("a secret")
    choose(ana, "a secret", "Delete")
    ana.rooms.entry(room).click()
    expect(ben.messages.first).to_contain_class("deleted", timeout=4_000)


def test_what_is_unread_is_bold_counted_and_marked(ana, guest, room, garden):
    ana.rooms.go(room)
    ben = guest("Ben", garden)
    ben.say("good morning")
    entry = ana.rooms.entry(garden)
    expect(entry).to_have_class(re.compile(r"\bunread\b"))
    expect(entry.locator(".rooms-item-count")).to_have_text("")
    ben.say("@Ana, are you there?")
    expect(entry.locator(".rooms-item-count")).to_have_text("1")
    heard = ana.page.get_by_role("status").filter(has_text="Something for you in another room")
    expect(heard).to_have_count(1)
    expect(ana.page).to_have_title(re.compile(r"^\(@1\) "))
    expect(ana.page.locator("link[data-unread]")).to_have_attribute(
        "href", re.compile("icon-unread")
    )
    ana.page.keyboard.press("Alt+Shift+ArrowDown")
    ana.rooms.shows(garden)
    line = ana.page.locator(".conversation:not(.parked) .new-line")
    expect(line).to_be_visible()
    assert "good morning" in line.evaluate("line => line.nextElementSibling.textContent")
    expect(entry).not_to_have_class(re.compile(r"\bunread\b"))
    expect(ana.page).to_have_title(re.compile(f"^{re.escape(garden)}"))
    ana.page.keyboard.press("Escape")
    expect(line).to_have_count(0)


def test_the_place_is_kept_while_something_new_is_below(ana, site, room, garden):
    with writer_in(site, garden, 60) as writer:
        reading = ana.message("message 20")
        reading.evaluate("message => message.scrollIntoView()")
        expect(ana.jump).to_be_visible()
        place = reading.bounding_box()["y"]
        writer.send("while one reads")
        expect(ana.jump).to_have_text("1 new message")
        ana.rooms.go(room)
        ana.rooms.go(garden)
        expect(ana.jump).to_have_text("1 new message")
        assert abs(reading.bounding_box()["y"] - place) <= 1
        ana.rooms.go(room)
        writer.send("while one is away")
        ana.page.go_back()
        ana.rooms.shows(garden)
        expect(ana.jump).to_have_text("2 new messages")
        assert abs(reading.bounding_box()["y"] - place) <= 1
        expect(ana.rooms.entry(garden)).to_have_class(re.compile(r"\bunread\b"))


def test_a_room_is_shown_from_the_new_line_where_that_is_above(ana, site, room, garden):
    with writer_in(site, garden, 60) as writer:
        ana.message("message 20").evaluate("message => message.scrollIntoView()")
        expect(ana.jump).to_be_visible()
        say(writer, 60)
        ana.message("message 90").evaluate("message => message.scrollIntoView()")
        ana.page.evaluate(FRAMES)
        line = ana.page.locator(".conversation:not(.parked) .new-line")
        expect(line).to_have_count(1)
        expect(line).not_to_be_in_viewport()
        ana.rooms.go(room)
        ana.rooms.go(garden)
        expect(line).to_be_in_viewport()
        expect(ana.jump).to_have_text("60 new messages")


def test_a_few_letters_and_the_keyboard_find_a_room(ana, room, garden):
    page = ana.page
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to a room")
    expect(field).to_be_focused()
    field.fill("no such room")
    expect(page.locator(".switcher").get_by_role("status")).to_have_text(
        re.compile("Nothing found")
    )
    field.fill("few")
    expect(page.get_by_role("option")).to_have_count(2)
    assert violations(page) == []
    field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text(re.compile("garden"))
    field.press("Enter")
    ana.rooms.shows(garden)
    page.keyboard.press("Alt+ArrowUp")
    ana.rooms.shows(room)
    page.keyboard.press("Alt+ArrowUp")
    ana.rooms.shows(garden)


def test_a_link_to_a_message_in_another_room_leads_there(ana, room, garden):
    ana.say("the original")
    address = f"{ana.page.url}?at=1"
    ana.rooms.go(room)
    ana.say(f"look at {address}")
    ana.page.evaluate("window.isTheSamePage = true")
    ana.page.locator(".conversation:not(.parked) .message-body a").click()
    ana.rooms.shows(garden)
    expect(ana.message("the original")).to_have_class(re.compile(r"\blit\b"))
    assert ana.page.url == address
    assert ana.page.evaluate("window.isTheSamePage")


def test_a_room_that_is_gone_ends_alone(ana, site, room, garden):
    ana.rooms.go(room)
    site.manage(
        "shell",
        "-c",
        f"from chat.models import Room; Room.objects.filter(slug='{garden}').delete()",
    )
    expect(ana.rooms.entry(garden)).to_have_count(0)
    ana.page.go_back()
    expect(ana.page.get_by_role("heading", name="This room")).to_be_visible()
    ana.rooms.go(room)
    ana.say("still here")
    ana.sees("still here")


def test_a_former_address_is_the_same_room(ana, site, room, garden):
    former = ana.page.url
    ana.rooms.go(room)
    ana.page.reload()
    expect(ana.rooms.entries).to_have_count(2)
    slug = former.split("/")[-2]
    now = f"{slug}-two"
    site.manage("shell", "-c", MOVE % (slug, now))
    ana.page.evaluate(COUNT_ENTRIES)
    ana.rooms.go(garden)
    expect(ana.page).to_have_url(re.compile(f"/{now}/$"))
    ana.say("in the garden")
    assert ana.page.evaluate("window.mostEntries") == 2
    ana.rooms.go(room)
    # A step back in the history may lead to a former address, too.
    for address in (former, "/nowhere/"):
        ana.page.evaluate("address => history.pushState(null, '', address)", address)
    ana.page.go_back()
    expect(ana.page).to_have_url(re.compile(f"/{now}/$"))
    ana.sees("in the garden")
    expect(ana.page.locator(".conversation")).to_have_count(2)
    expect(ana.rooms.entries).to_have_count(2)


def test_a_name_that_is_taken_in_another_room_is_asked_for(ana, guest, room, garden):
    """Two guests of one name may be in two rooms, but not in one: the page was loaded in one."""
    guest("Ana", room)
    ana.rooms.entry(room).click()
    dialog = ana.page.get_by_role("dialog")
    dialog.get_by_label("Your name").fill("Anabel")
    dialog.get_by_role("button", name="Change name").click()
    ana.rooms.shows(room)
    ana.say("under another name")
    ana.sees("under another name")
    ana.rooms.go(garden)
    ana.say("here too")
    ana.sees("here too")


def test_going_back_on_a_phone_shows_the_room(guest, room, garden):
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    ana = Shown(guest("Ana", **phone).page, "Ana")
    ana.start_room(garden)
    ana.page.get_by_role("button", name="Rooms", exact=True).click()
    ana.rooms.entry(room).click()
    expect(ana.rooms.title).to_have_text(room)
    ana.page.get_by_role("button", name="Rooms", exact=True).click()
    expect(ana.rooms.entry(room)).to_be_visible()
    ana.page.evaluate("history.back()")
    expect(ana.rooms.title).to_have_text(garden)
    expect(ana.rooms.entry(room)).to_be_hidden()


def test_the_room_that_is_shown_is_in_view_in_a_long_list(ana, room, garden):
    ana.page.set_viewport_size({"width": 1280, "height": 260})
    for number in range(8):
        ana.start_room(f"{room} more {number}".replace(" ", "-"))
    expect(ana.rooms.entries).to_have_count(10)
    for name in (ana.rooms.entries.last, ana.rooms.entries.first):
        words = name.locator(".rooms-item-name").inner_text()
        ana.page.keyboard.press("Control+k")
        ana.page.keyboard.type(words)
        ana.page.keyboard.press("Enter")
        ana.rooms.shows(words)
        expect(name).to_be_in_viewport(ratio=1)


def test_on_a_phone_the_list_is_a_drawer(ana, room, garden):
    page = ana.page
    page.set_viewport_size({"width": 360, "height": 740})
    panel = page.get_by_role("navigation", name="Rooms")
    expect(panel).to_be_hidden()
    page.get_by_role("button", name="Rooms", exact=True).click()
    expect(panel).to_be_visible()
    assert violations(page) == []
    ana.rooms.entry(room).click()
    expect(panel).to_be_hidden()
    expect(ana.rooms.title).to_have_text(room)
    page.get_by_role("button", name="Rooms", exact=True).click()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_the_list_of_people_stays_closed(ana, room):
    page = ana.page
    people = page.get_by_role("complementary")
    people.get_by_role("button", name="Close").click()
    expect(people).to_be_hidden()
    page.reload()
    ana.is_in()
    expect(people).to_be_hidden()
    page.get_by_role("button", name="People here").click()
    expect(people).to_be_visible()


def test_a_room_that_was_open_is_shown_at_once(ana, site, room, garden):
    """With 100 rooms in the list, and 2,000 messages held."""
    with writer_in(site, garden, 2_000):
        pass
    page = ana.page
    page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((each) => each.endsWith("chat:visited"));
            const { owner, rooms } = JSON.parse(localStorage[key]);
            const room = (_, n) => ({ id: `~r${n}`, slug: `r-${n}`, name: `Room ${n}` });
            const more = Array.from({ length: 98 }, room);
            localStorage[key] = JSON.stringify({ owner, rooms: [...rooms, ...more] });
        }"""
    )
    page.reload()
    expect(ana.rooms.entries).to_have_count(100)
    for _ in range(8):
        ana.scroll_up()
        page.wait_for_timeout(100)
    ana.rooms.go(room)
    for name in (garden, room) * 3:
        ana.rooms.go(name)
    # The quickest, as other tests run beside it.
    assert min(page.evaluate(SWITCHED)[1:]) < 50, page.evaluate(SWITCHED)
