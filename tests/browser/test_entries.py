"""Direct messages, the people of a room, and what waits for somebody, on the page."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.histories import say, writer_in
from tests.browser.people import press_long
from tests.browser.test_access import violations
from tests.browser.test_rooms import Shown
from tests.browser.test_signs import PHONE, sign_in
from tests.support.servers import ADMIN_PASSWORD

# No guest in a test of another file may have one of these names.
NAMES = ("mara", "bela", "cleo")
ACCOUNTS = f"""
from chat.access import identity
from django.contrib.auth import get_user_model
users = get_user_model().objects
# Other files of tests may have made them on this site.
for name in set({NAMES!r}) - set(users.values_list("username", flat=True)):
    identity.member_of(users.create_user(name, password="{ADMIN_PASSWORD}"))
"""
ROOM = """
from chat.log import create_private_room
from chat.models import Person
people = {person.name: person for person in Person.objects.filter(name__in=%r)}
print(create_private_room(%r, people["mara"], [people[name] for name in %r]).slug)
"""


class Member(Shown):
    """Somebody with an account on the page."""

    def open(self, slug: str) -> None:
        self.page.goto(f"/rooms/{slug}/")
        expect(self.composer).to_be_focused()
        expect(self.page.locator(".rooms-panel")).to_be_visible()

    def open_members(self) -> Locator:
        """Open the dialog with the people of the room that is shown."""
        self.page.get_by_role("button", name="People of this room").click()
        return self.page.get_by_role("dialog", name="People of this room")


def row(dialog: Locator, name: str) -> Locator:
    """Return the entry of somebody in the dialog."""
    return dialog.locator(".belonging").filter(has_text=re.compile(rf"^{name[0].upper()}{name}"))


@pytest.fixture(scope="module")
def accounts(site) -> None:
    site.manage("shell", "-c", ACCOUNTS)


@pytest.fixture
def club(site, accounts, room) -> str:
    """Return the slug of a private room of Mara's, with Bela in it."""
    return site.manage("shell", "-c", ROOM % (NAMES, room, ["bela"])).strip().splitlines()[-1]


@pytest.fixture
def enter(site, visit, accounts):
    """Return a function that opens a room as a member."""

    def enter(name: str, slug: str, **options) -> Member:
        page = visit(site, **options)
        sign_in(page, name, f"/rooms/{slug}/")
        member = Member(page, name)
        expect(member.composer).to_be_focused()
        expect(page.locator(".rooms-panel")).to_be_attached()
        return member

    return enter


@pytest.fixture
def mara(enter, club) -> Member:
    return enter("mara", club)


def test_a_direct_message_from_a_name_arrives_and_is_named_after_the_other(mara, enter, club):
    bela = enter("bela", club)
    bela.say("hello")
    mara.sees("hello")
    mara.message("hello").locator(".message-author").click()
    menu = mara.page.get_by_role("dialog", name="bela")
    assert violations(mara.page) == []
    menu.get_by_role("button", name="Send a direct message").click()
    mara.rooms.shows("bela")
    expect(mara.page).to_have_title(re.compile("^bela"))
    expect(mara.composer).to_have_attribute("placeholder", "Write to bela")
    mara.say("only for you")
    entry = bela.rooms.entry("mara")
    expect(entry.locator(".rooms-item-count")).to_have_text("1")
    waiting = bela.page.get_by_role("button", name="For you")
    expect(waiting).to_have_text(re.compile("1$"))
    entry.click()
    bela.rooms.shows("mara")
    bela.sees("only for you")
    expect(waiting).not_to_have_text(re.compile(r"\d"))
    bela.page.reload()
    bela.rooms.shows("mara")


def test_a_direct_room_is_hidden_until_something_new_comes(mara, enter, club):
    bela = enter("bela", club)
    bela.say("hi")
    mara.message("hi").locator(".message-author").click()
    mara.page.get_by_role("button", name="Send a direct message").click()
    mara.rooms.shows("bela")
    mara.say("a secret")
    bela.rooms.go("mara")
    bela.sees("a secret")
    mara.page.get_by_role("button", name="Menu", exact=True).click()
    mara.page.get_by_role("button", name="Hide this conversation").click()
    dialog = mara.page.get_by_role("dialog", name="Hide this conversation")
    dialog.get_by_role("button", name="Hide", exact=True).click()
    expect(mara.rooms.entry("bela")).to_have_count(0)
    expect(mara.page.locator(".ending:visible")).to_have_count(0)
    bela.say("are you there?")
    expect(mara.rooms.entry("bela").locator(".rooms-item-count")).to_have_text("1")
    mara.rooms.go("bela")
    mara.sees("are you there?")
    expect(mara.rooms.entry("bela").locator(".rooms-item-count")).to_be_empty()
    mara.page.reload()
    mara.rooms.shows("bela")


def test_a_name_in_the_list_of_people_opens_the_menu_by_keyboard(mara, enter, club):
    enter("bela", club)
    name = mara.page.get_by_role("complementary").get_by_role("button", name="bela")
    name.focus()
    mara.page.keyboard.press("Enter")
    expect(mara.page.get_by_role("dialog", name="bela")).to_be_visible()
    mara.page.keyboard.press("Escape")
    expect(name).to_be_focused()
    own = mara.page.get_by_role("complementary").get_by_role("button", name="mara")
    expect(own).to_have_count(0)


def test_a_name_at_a_message_opens_the_menu_by_keyboard(mara, enter, club):
    bela = enter("bela", club)
    for text in ("one", "two"):
        bela.say(text)
        mara.sees(text)
    page = mara.page
    name = mara.message("one").get_by_role("button", name="bela")
    expect(name).to_have_attribute("aria-haspopup", "dialog")
    page.keyboard.press("Shift+Tab")
    for key in ("ArrowUp", "ArrowRight"):
        # That of a message that goes on is not seen.
        page.keyboard.press(key)
        expect(mara.message("two")).to_be_focused()
    for key in ("ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    expect(name).to_be_focused()
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog", name="bela")
    expect(menu.get_by_role("button", name="Send a direct message")).to_be_focused()
    page.keyboard.press("Escape")
    expect(name).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(mara.message("one")).to_be_focused()


@pytest.fixture
def bela_on_phone(mara, site, visit, club) -> Member:
    """Bela, who has a message of Mara's on a phone."""
    mara.say("hello there")
    page = visit(site, **PHONE)
    sign_in(page, "bela", f"/rooms/{club}/")
    bela = Member(page, "bela")
    expect(bela.message("hello there").get_by_role("button", name="mara")).to_be_visible()
    return bela


def test_a_tap_on_a_text_does_not_press_the_name_above(bela_on_phone):
    page, message = bela_on_phone.page, bela_on_phone.message("hello there")
    page.evaluate("addEventListener('click', () => (window.taps = (window.taps ?? 0) + 1), true)")
    text = message.locator(".message-body").bounding_box()
    for number, depth in enumerate((1, 8, 11), start=1):
        page.touchscreen.tap(text["x"] + 12, text["y"] + depth)
        page.wait_for_function("number => window.taps === number", arg=number)
        expect(page.get_by_role("dialog")).to_have_count(0)
    name, menu = message.get_by_role("button", name="mara"), page.get_by_role("dialog", name="mara")
    name.press("Enter")
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    name.tap()
    expect(menu).to_be_visible()


def test_a_long_press_on_a_text_below_a_name_means_the_message(bela_on_phone):
    press_long(bela_on_phone, "hello there")
    sheet = bela_on_phone.page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="Copy text")).to_be_visible()


def test_a_room_opens_where_one_has_stopped_reading_on_any_device(enter, site, room):
    with writer_in(site, room, 3) as writer:
        bela = enter("bela", writer.room)
        bela.sees("message 3")
        bela.page.close()
        say(writer, 120)
        again = enter("bela", writer.room)
        line = again.page.locator(".new-line")
        expect(line).to_be_in_viewport()
        expect(again.page.locator(".new-line + .message .message-body")).to_have_text("message 4")
        expect(again.message("message 3")).to_be_in_viewport()
        expect(again.jump).to_have_text("120 new messages")
        again.page.keyboard.press("Escape")
        expect(again.message("message 123")).to_be_in_viewport()
        expect(again.jump).to_be_hidden()
        expect(line).to_have_count(0)
        again.page.reload()
        expect(again.message("message 123")).to_be_in_viewport()
        expect(line).to_have_count(0)


def test_a_visit_goes_on_in_the_last_room_but_the_front_page_stays_there(mara, room, complaints):
    page = mara.page
    tab = page.context.new_page()
    tab.goto("/")
    expect(tab.get_by_role("heading", level=1)).to_have_text(room)
    assert tab.url == page.url
    tab.goto("/")
    expect(tab.get_by_label("Room", exact=True)).to_be_visible()
    page.locator(".rooms-site").click()
    expect(page.get_by_label("Room", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_label("Room", exact=True)).to_be_visible()


def test_a_visit_of_somebody_else_on_the_same_computer_begins_on_the_front_page(mara, enter, site):
    context = mara.page.context
    mara.page.close()
    context.clear_cookies()
    tab = context.new_page()
    tab.goto("/")
    expect(tab.get_by_label("Your name")).to_be_focused()


def test_the_switcher_finds_people(mara):
    page = mara.page
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to a room or a person")
    field.fill("cle")
    option = page.get_by_role("option", name="cleo")
    expect(option).to_have_text(re.compile("Direct message"))
    assert violations(page) == []
    field.press("Enter")
    mara.rooms.shows("cleo")
    page.keyboard.press("Control+k")
    with page.expect_response("**/api/v1/people?*"):
        field.fill("cleo")
    # They are among the rooms by now.
    expect(page.get_by_role("option", name="cleo")).to_have_count(1)


def test_an_owner_gives_roles_bans_and_lets_in_again(mara, enter, club):
    bela = enter("bela", club)
    dialog = mara.open_members()
    expect(row(dialog, "mara")).to_have_text(re.compile("you.*Owner", re.DOTALL))
    assert violations(mara.page) == []
    row(dialog, "bela").get_by_label("Role of bela").select_option("moderator")
    question = row(dialog, "bela").get_by_role("group")
    words = "bela.*can then remove and ban people here"
    expect(question).to_have_text(re.compile(words, re.DOTALL))
    question.get_by_role("button", name="Cancel").click()
    expect(dialog.get_by_label("Role of bela")).to_have_value("member")
    dialog.get_by_label("Role of bela").select_option("moderator")
    dialog.get_by_role("button", name="Change role").click()
    expect(dialog.get_by_label("Role of bela")).to_have_value("moderator")
    expect(dialog.get_by_label("Role of bela")).to_be_focused()
    dialog.get_by_role("button", name="Ban bela").click()
    expect(row(dialog, "bela")).to_have_text(re.compile("Ban bela.*from this room", re.DOTALL))
    row(dialog, "bela").get_by_role("button", name="Ban", exact=True).click()
    letting_in = dialog.get_by_role("button", name="Let bela in again")
    expect(letting_in).to_be_visible()
    expect(bela.page.locator(".ending:visible")).to_have_count(1)
    expect(bela.composer).to_be_hidden()
    letting_in.click()
    expect(letting_in).to_have_count(0)


def test_a_late_response_shows_nobody_of_another_room(site, club, room, enter):
    pub = site.manage("shell", "-c", ROOM % (NAMES, f"{room} pub", ["cleo"]))
    mara = enter("mara", club)
    late = []
    mara.page.route(f"**/{club}/members*", lambda route: late.append(route))
    dialog = mara.open_members()
    while not late:
        mara.page.wait_for_timeout(20)
    mara.page.keyboard.press("Escape")
    mara.rooms.entry(f"{room} pub").click()
    expect(mara.page).to_have_url(re.compile(re.escape(pub.strip().splitlines()[-1])))
    dialog = mara.open_members()
    expect(row(dialog, "cleo")).to_be_visible()
    with mara.page.expect_response(f"**/{club}/members*"):
        late[0].continue_()
    # Another request shows that the response was handled.
    dialog.get_by_label("Add somebody").fill("cle")
    expect(dialog.get_by_role("status")).to_have_text("Nobody found. Try other letters.")
    expect(row(dialog, "cleo")).to_be_visible()
    expect(row(dialog, "bela")).to_have_count(0)


def test_roles_and_removals_by_keyboard(mara, enter, club):
    enter("bela", club)
    dialog = mara.open_members()
    dialog.get_by_label("Add somebody").fill("cle")
    dialog.get_by_role("button", name="Add cleo").click()
    expect(row(dialog, "cleo")).to_be_visible()
    role = dialog.get_by_label("Role of bela")
    role.focus()
    question = row(dialog, "bela").get_by_role("group")
    for key, value, asked in (
        ("ArrowDown", "reader", "can then read here"),
        ("ArrowUp", "member", None),
        ("ArrowUp", "moderator", "can then remove and ban"),
    ):
        role.press(key)
        expect(role).to_have_value(value)
        expect(role).to_be_focused()
        if asked:
            expect(question.get_by_role("alert")).to_contain_text(asked)
        ban = row(dialog, "bela").get_by_role("button", name="Ban bela")
        expect(ban).to_have_count(0 if asked else 1)
    assert violations(mara.page) == []
    mara.page.keyboard.press("Tab")
    mara.page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    mara.page.keyboard.press("Enter")
    expect(role).to_have_value("member")
    expect(role).to_be_focused()
    dialog.get_by_role("button", name="Remove bela").click()
    dialog.get_by_role("button", name="Remove", exact=True).click()
    expect(row(dialog, "bela")).to_have_count(0)
    expect(dialog.get_by_label("Role of cleo")).to_be_focused()


def test_somebody_is_added_to_a_private_room_and_the_room_handed_over(mara, enter, club):
    bela = enter("bela", club)
    dialog = bela.open_members()
    dialog.get_by_label("Add somebody").fill("cle")
    dialog.get_by_role("button", name="Add cleo").click()
    expect(row(dialog, "cleo")).to_have_text(re.compile("Member$"))
    expect(dialog.get_by_label(re.compile("Role of"))).to_have_count(0)
    expect(dialog.get_by_role("button", name=re.compile("Remove|Ban"))).to_have_count(0)
    dialog = mara.open_members()
    dialog.get_by_label("Role of bela").select_option("owner")
    dialog.get_by_role("button", name="Hand over, and be a moderator").click()
    expect(row(dialog, "mara")).to_have_text(re.compile("Moderator$"))
    expect(row(dialog, "bela")).to_have_text(re.compile("Owner$"))
    expect(dialog.get_by_role("button", name="Remove cleo")).to_be_visible()
    expect(dialog.get_by_role("button", name="Remove bela")).to_have_count(0)


def test_a_guest_in_a_public_room_has_no_such_buttons(guest):
    page = guest("Ana").page
    expect(page.get_by_role("button", name="People of this room")).to_have_count(0)
    expect(page.locator(".person-button")).to_have_count(0)


def test_what_means_one_waits_in_a_list_that_leads_there(mara, enter, club, room):
    bela = enter("bela", club)
    mara.page.keyboard.press("Control+k")
    mara.page.get_by_role("combobox").fill("cleo")
    mara.page.get_by_role("option", name="cleo").first.click()
    mara.rooms.shows("cleo")
    bela.say("@mara, are you **there**?")
    waiting = mara.page.get_by_role("button", name="For you")
    expect(waiting).to_have_text(re.compile("1$"))
    waiting.click()
    dialog = mara.page.get_by_role("dialog", name="For you")
    item = dialog.get_by_role("link")
    expect(item).to_have_count(1)
    words = f"bela.*mentioned you in {room}.*@mara, are you there"
    expect(item).to_have_text(re.compile(words, re.DOTALL))
    assert violations(mara.page) == []
    item.focus()
    bela.say("@mara, hello?")
    expect(item).to_have_count(2)
    item = item.filter(has_text="are you there")
    expect(item).to_be_focused()
    item.click()
    expect(dialog).to_be_hidden()
    mara.rooms.shows(room)
    assert mara.page.url.endswith("?at=1")
    expect(mara.message("@mara, are you there?")).to_have_class(re.compile(r"\blit\b"))
    expect(waiting).not_to_have_text(re.compile(r"\d"))
    waiting.click()
    expect(dialog).to_have_text(re.compile("Nothing is waiting for you"))
    mara.page.keyboard.press("Escape")
    expect(waiting).to_be_focused()
