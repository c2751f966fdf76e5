"""Rooms of one's own on the page: made, changed, invited to, left and deleted."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from chat.api.rooms import MAX_TOPIC
from chat.live.passwords import MAX_PASSWORD
from chat.rules.names import MAX_ROOM_NAME
from tests.browser.people import Admin, Guest, choose
from tests.browser.test_access import violations
from tests.browser.test_rooms import Shown


class Owner(Shown):
    """A member who makes rooms on the page."""

    def open_form(self, button: str) -> Locator:
        """Open a dialog from the menu of the page."""
        self.page.get_by_role("button", name="Menu", exact=True).click()
        self.page.locator("#menu").get_by_role("button", name=button).click()
        return self.page.get_by_role("dialog", name=button)

    def make(self, name: str, access: str, password: str = "") -> None:
        self.page.get_by_role("button", name="New room").click()
        dialog = self.page.get_by_role("dialog", name="New room")
        dialog.get_by_label("Name", exact=True).fill(name)
        dialog.get_by_role("radio", name=access).check()
        if password:
            dialog.get_by_label("Password", exact=True).fill(password)
        dialog.get_by_role("button", name="Create this room").click()
        self.rooms.shows(name)
        expect(self.composer).to_be_focused()

    def offers(self, *buttons: str) -> None:
        """Check what the menu offers for the room that is shown."""
        menu = self.page.locator(".menu-room button")
        expect(menu).to_have_text(list(buttons))

    def invite(self, uses: str) -> str:
        """Make the link of an invitation for so many, and return it."""
        dialog = self.open_form("Invite people")
        dialog.get_by_label("It lets in").select_option(uses)
        dialog.get_by_role("button", name="Make a link").click()
        link = dialog.get_by_label("Link", exact=True).input_value()
        dialog.get_by_role("button", name="Done").click()
        return link


def come_by(link: str, page: Page, name: str = "Ana") -> Guest:
    """Come into a room by the link of an invitation."""
    guest = Guest(page, name)
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").click()
    guest.is_in()
    return guest


def knock(page: Page, name: str, room: str, password: str) -> Guest:
    """Try a password at the door of a room."""
    guest = Guest(page, name)
    guest.knock(room)
    door = page.get_by_role("dialog", name=re.compile("^Join "))
    door.get_by_label("Password").fill(password)
    door.get_by_role("button", name="Join").click()
    return guest


ALL = ("Invite people", "What you hear of", "Room settings", "Leave this room", "Delete this room")


@pytest.fixture
def olga(site, visit, room) -> Owner:
    """The admin, who has an account, in a public room of their own."""
    olga = Owner(Admin(visit(site)).page, "admin")
    olga.start_room(room)
    return olga


@pytest.fixture
def ana_alone(guest) -> Guest:
    """A guest in a public room that nobody owns."""
    return guest("Ana")


def test_a_private_room_is_made_and_people_are_invited(olga, site, visit, room):
    page, club = olga.page, f"{room} club"
    olga.make(club, "Who is invited")
    expect(page).to_have_url(re.compile(r"~\w{12}/$"))
    olga.offers(*ALL)
    dialog = olga.open_form("Invite people")
    dialog.get_by_label("It lets in").select_option("1 person")
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("img", name="The link as a QR code")).to_be_visible()
    assert violations(page) == []
    link = dialog.get_by_label("Link", exact=True).input_value()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Menu", exact=True)).to_be_focused()
    ana = come_by(link, visit(site))
    ana.say("thank you")
    olga.sees("thank you")


def test_invitations_that_stand_are_listed_and_revoked_with_who_came_by_them(
    olga, site, visit, room, complaints
):
    page = olga.page
    olga.make(f"{room} club", "Who is invited")
    first, second = olga.invite("10 people"), olga.invite("any number of people")
    ana, ben = come_by(first, visit(site)), come_by(second, visit(site), "Ben")
    dialog = olga.open_form("Invite people")
    links = dialog.get_by_role("listitem")
    expect(links.first).to_have_text(re.compile("Member, made by you.*1 person came", re.DOTALL))
    expect(links.last).to_have_text(re.compile("1 of 10 came"))
    assert violations(page) == []
    links.last.get_by_role("button", name="Revoke").click()
    question = dialog.get_by_role("group", name="Revoke this link")
    question.get_by_role("button", name="Cancel").click()
    expect(links.last.get_by_role("button", name="Revoke")).to_be_focused()
    links.last.get_by_role("button", name="Revoke").click()
    dialog.get_by_role("button", name="Revoke, and remove 1 person").click()
    expect(links).to_have_count(1)
    expect(ana.composer).to_be_hidden()
    links.get_by_role("button", name="Revoke").click()
    dialog.get_by_role("button", name="Revoke", exact=True).click()
    expect(links).to_have_count(0)
    expect(dialog.get_by_role("heading", name="Invite people")).to_be_focused()
    ben.say("still here")
    olga.sees("still here")
    late = visit(site)
    late.goto(second)
    expect(late.get_by_role("button", name="Join")).to_have_count(0)
    # The console of a browser names the page that is not there.
    assert [each for each in complaints if "404" not in each] == []
    complaints.clear()


def test_the_link_of_a_private_room_is_not_offered(olga, room):
    page = olga.page
    copy = page.get_by_role("button", name="Copy the link")
    menu = page.get_by_role("button", name="Menu", exact=True)
    expect(copy).to_have_count(1)
    menu.click()
    expect(copy).to_have_count(2)
    page.keyboard.press("Escape")
    olga.make(f"{room} club", "Who is invited")
    beginning = page.locator(".beginning").filter(visible=True)
    expect(beginning).to_contain_text("Nobody has said anything yet. Say hello.")
    menu.click()
    expect(copy).to_have_count(0)
    page.keyboard.press("Escape")
    beginning.get_by_role("button", name="Invite people").click()
    expect(page.get_by_role("dialog", name="Invite people")).to_be_visible()


def test_a_guest_who_belongs_to_nothing_but_a_private_room_can_leave_it(olga, site, visit, room):
    olga.make(f"{room} club", "Who is invited")
    ana = come_by(olga.invite("1 person"), visit(site))
    expect(ana.page.locator(".rooms-panel")).to_have_count(0)
    dialog = Owner.open_form(ana, "Leave this room")
    expect(dialog).to_contain_text("You can come back when somebody invites you.")
    dialog.get_by_role("button", name="Leave", exact=True).click()
    expect(ana.page).to_have_url(f"{site.url}/")
    expect(olga.page.locator(".person")).to_have_count(1)


def test_what_was_deleted_just_before_one_leaves_is_gone(olga, site, visit, room):
    olga.make(f"{room} club", "Who is invited")
    ana = come_by(olga.invite("1 person"), visit(site))
    ana.say("a secret")
    olga.sees("a secret")
    choose(ana, "a secret", "Delete")
    dialog = Owner.open_form(ana, "Leave this room")
    dialog.get_by_role("button", name="Leave", exact=True).click()
    expect(olga.page.get_by_text("This message was deleted.")).to_be_visible()


def test_a_password_is_set_changed_and_taken_away(olga, site, visit, room, complaints):
    page = olga.page
    dialog = olga.open_form("Room settings")
    expect(dialog.get_by_role("radio", name="Everybody")).to_be_checked()
    dialog.get_by_role("radio", name="Who knows the password").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_have_text("Type a password.")
    dialog.get_by_label("Password", exact=True).fill("e4 e5")
    assert violations(page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    lock = page.locator(".rooms-item[aria-current]").get_by_role("img", name="Asks for a password")
    expect(lock).to_be_visible()
    page.keyboard.press("Control+k")
    option = page.get_by_role("option").filter(has_text=room.replace(" ", "-"))
    expect(option.get_by_role("img", name="Asks for a password")).to_be_visible()
    page.keyboard.press("Escape")
    knock(visit(site), "Ana", room, "e4 e5").is_in()

    dialog = olga.open_form("Room settings")
    expect(dialog.get_by_role("radio", name="Who knows the password")).to_be_checked()
    expect(dialog).to_contain_text("The room has one. Leave this empty to keep it.")
    dialog.get_by_label("New password").fill("d4 d5")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    ben = knock(visit(site), "Ben", room, "e4 e5")
    expect(ben.page.get_by_role("alert").filter(visible=True)).to_contain_text("not the room's")
    knock(visit(site), "Carl", room, "d4 d5").is_in()

    dialog = olga.open_form("Room settings")
    dialog.get_by_role("radio", name="Everybody").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(lock).to_have_count(0)
    Guest(visit(site), "Dora").come_in(room)


def test_a_room_that_one_wants_to_hear_nothing_of_is_muted_in_the_list(olga):
    entry = olga.page.locator(".rooms-item[aria-current=page]")
    dialog = olga.open_form("What you hear of")
    expect(dialog.get_by_role("radio", name="Every message")).to_be_checked()
    dialog.get_by_role("radio", name="Nothing").check()
    assert violations(olga.page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(entry).to_contain_class("muted")
    dialog = olga.open_form("What you hear of")
    expect(dialog.get_by_role("radio", name="Nothing")).to_be_checked()
    dialog.get_by_role("radio", name="What means you").check()
    dialog.get_by_role("button", name="Save").click()
    expect(entry).not_to_contain_class("muted")


def test_who_moderates_the_site_has_what_that_allows_in_a_room_of_others(ana_alone, site, visit):
    ana_alone.say("not very kind")
    sam = Owner(Admin(visit(site)).page, "admin")
    sam.page.goto(ana_alone.page.url)
    sam.is_in()
    sam.offers(*ALL)
    choose(sam, "not very kind", "Delete")
    expect(ana_alone.page.get_by_text("This message was deleted.")).to_be_visible(timeout=20_000)
    sam.page.get_by_role("button", name="People of this room").click()
    dialog = sam.page.get_by_role("dialog", name="People of this room")
    dialog.get_by_role("button", name="Ban Ana").click()
    dialog.get_by_role("button", name="Ban", exact=True).click()
    expect(ana_alone.composer).to_be_hidden()


def test_what_is_refused_of_a_new_room_is_said_at_its_field(olga, room, complaints):
    page = olga.page
    page.get_by_role("button", name="New room").click()
    dialog = page.get_by_role("dialog", name="New room")
    dialog.get_by_label("Name", exact=True).fill(room)
    dialog.get_by_role("radio", name="Who knows the password").check()
    dialog.get_by_role("button", name="Create this room").click()
    name, password = (dialog.locator(".field", has_text=each) for each in ("Name", "Password"))
    expect(password.get_by_role("alert")).to_have_text("Type a password.")
    expect(password.get_by_role("textbox")).to_be_focused()
    password.get_by_role("textbox").fill("e4 e5")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    dialog.get_by_role("button", name="Create this room").click()
    expect(name.get_by_role("alert")).to_have_text(re.compile("exists already"))
    expect(name.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    name.get_by_role("textbox").press("End")
    expect(name.get_by_role("alert")).to_have_count(1)
    name.get_by_role("textbox").press("!")
    expect(dialog.get_by_role("alert")).to_have_count(0)
    expect(name.get_by_role("textbox")).not_to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="New room")).to_be_focused()
    # The console of a browser names every refused request.
    assert [each for each in complaints if "409" not in each] == []
    complaints.clear()


def test_the_fields_of_a_room_stop_where_the_server_does(olga):
    page = olga.page
    page.get_by_role("button", name="New room").click()
    dialog = page.get_by_role("dialog", name="New room")
    dialog.get_by_role("radio", name="Who knows the password").check()
    stops_at(dialog.get_by_label("Name", exact=True), MAX_ROOM_NAME)
    stops_at(dialog.get_by_label("Password", exact=True), MAX_PASSWORD)
    page.keyboard.press("Escape")
    dialog = olga.open_form("Room settings")
    stops_at(dialog.get_by_label("Name", exact=True), MAX_ROOM_NAME)
    stops_at(dialog.get_by_label("Topic"), MAX_TOPIC)


def stops_at(field: Locator, length: int) -> None:
    expect(field).to_have_attribute("maxlength", str(length))


def test_an_owner_changes_a_room_and_others_see_it_at_once(olga, guest, room):
    ana = guest("Ana")
    olga.composer.fill("a draft")
    dialog = olga.open_form("Room settings")
    dialog.get_by_label("Name", exact=True).fill(f"{room} renamed")
    dialog.get_by_label("Topic").fill("What we read")
    dialog.get_by_role("checkbox", name="Closed").check()
    assert violations(olga.page) == []
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(ana.page.get_by_role("heading", level=1)).to_have_text(f"{room} renamed")
    expect(ana.page.get_by_text("What we read")).to_be_visible()
    expect(ana.page.get_by_text("This room is closed")).to_be_visible()
    dialog = olga.open_form("Room settings")
    expect(dialog.get_by_role("checkbox", name="Closed")).to_be_checked()
    dialog.get_by_role("radio", name="Who is invited").check()
    expect(dialog.get_by_role("status")).to_have_text(re.compile("gets another address"))
    expect(dialog.get_by_label("Password", exact=True)).to_be_hidden()
    dialog.get_by_role("button", name="Save").click()
    expect(olga.page).to_have_url(re.compile(r"~\w{12}/$"))
    expect(ana.composer).to_be_hidden()
    # What it says of a closed room is true of a private one.
    closed = olga.open_form("Room settings").locator(".choice", has_text="Closed")
    expect(closed).to_contain_text("Nobody can write here.")
    expect(closed).not_to_contain_text("Everybody")
    olga.page.reload()
    expect(olga.composer).to_have_value("a draft")


def test_the_bar_at_a_message_follows_what_one_may_do_in_a_room(olga, guest):
    ana = guest("Ana")
    olga.say("hello")
    ana.message("hello").hover()
    reply = ana.message("hello").get_by_role("button", name="Reply", exact=True)
    for is_closed in (False, True, False):
        dialog = olga.open_form("Room settings")
        dialog.get_by_role("checkbox", name="Closed").set_checked(is_closed)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
        expect(reply).to_be_visible(visible=not is_closed)


def test_a_room_is_deleted_by_its_name(olga, room):
    page, club = olga.page, f"{room} club"
    olga.make(club, "Everybody")
    dialog = olga.open_form("Delete this room")
    dialog.get_by_label("Type the name of the room").fill(room)
    dialog.get_by_role("button", name="Delete for everybody").click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("^That is another name"))
    dialog.get_by_label("Type the name of the room").fill(club)
    dialog.get_by_role("button", name="Delete for everybody").click()
    expect(dialog).to_have_count(0)
    expect(olga.rooms.entries.filter(has_text=club)).to_have_count(0)
    expect(page).not_to_have_url(re.compile("club"))
    expect(page.locator(".ending:visible")).to_have_count(0)


def test_who_leaves_a_room_is_shown_another(olga, room):
    olga.make(f"{room} club", "Everybody")
    dialog = olga.open_form("Leave this room")
    dialog.get_by_role("button", name="Leave", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(olga.rooms.entries.filter(has_text=f"{room} club")).to_have_count(0)
    expect(olga.page.get_by_role("status").filter(has_text="You left")).to_contain_text("club")
    expect(olga.page).not_to_have_url(re.compile("club"))
    expect(olga.page.locator(".ending:visible")).to_have_count(0)


def test_going_back_joins_no_room_that_one_has_left(olga, room):
    page, garden, club = olga.page, f"{room} garden", f"{room} club"
    olga.make(garden, "Everybody")
    olga.make(club, "Everybody")
    olga.rooms.go(garden)
    olga.rooms.go(club)
    dialog = olga.open_form("Leave this room")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Go to a room or a person")).to_be_hidden()
    dialog.get_by_role("button", name="Leave", exact=True).click()
    expect(dialog).to_have_count(0)
    page.go_back()
    olga.rooms.shows(garden)
    page.go_back()
    offer = page.get_by_role("dialog", name=f"You left {club}")
    expect(offer.get_by_role("button", name="Cancel")).to_be_focused()
    assert violations(page) == []
    expect(page).not_to_have_url(re.compile("club"))
    expect(olga.rooms.entries.filter(has_text=club)).to_have_count(0)
    offer.get_by_role("button", name="Come back").click()
    olga.rooms.shows(club)


def test_a_room_asks_for_its_password_until_one_types_it(olga, guest, room, complaints):
    ana = guest("Ana")
    dialog = olga.open_form("Room settings")
    dialog.get_by_role("radio", name="Who knows the password").check()
    dialog.get_by_label("Password", exact=True).fill("e4 e5")
    dialog.get_by_role("button", name="Save").click()
    question = ana.page.get_by_role("dialog", name="Join")
    expect(question).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_text("This room asks for a password now.")).to_be_visible()
    assert violations(ana.page) == []
    ana.page.get_by_role("button", name="Type the password").click()
    question.get_by_label("Password").fill("e4 e5")
    question.get_by_role("button", name="Join").click()
    ana.say("thank you")
    olga.sees("thank you")


def test_a_new_room_of_a_name_that_asks_for_a_password_leads_there(olga, ana, room, complaints):
    club = f"{room} club"
    olga.make(club, "Who knows the password", password="e4 e5")
    ana.start_room(f"{room} garden".replace(" ", "-"))
    ana.page.get_by_role("button", name="New room").click()
    dialog = ana.page.get_by_role("dialog", name="New room")
    dialog.get_by_label("Name", exact=True).fill(club)
    dialog.get_by_role("button", name="Create this room").click()
    question = ana.page.get_by_role("dialog", name="Join")
    question.get_by_label("Password").fill("e4 e5")
    question.get_by_role("button", name="Join").click()
    expect(ana.page.get_by_role("heading", level=1)).to_have_text(club)
    # The console of a browser names every refused request.
    assert [each for each in complaints if "403" not in each and "404" not in each] == []
    complaints.clear()


def test_the_last_owner_of_a_private_room_stays(olga, room, complaints):
    olga.make(f"{room} club", "Who is invited")
    dialog = olga.open_form("Leave this room")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Leave", exact=True).click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("Delete the room instead"))
    complaints.clear()


def test_who_owns_nothing_is_offered_nothing(olga, ana, guest, room):
    ana.start_room(f"{room} garden".replace(" ", "-"))
    expect(ana.page.locator(".rooms-item")).to_have_count(2)
    expect(ana.page.locator(".menu-room button")).to_have_count(0)
    ana.page.get_by_role("button", name="New room").click()
    dialog = ana.page.get_by_role("dialog", name="New room")
    expect(dialog.get_by_role("radio")).to_have_count(0)
    dialog.get_by_label("Name", exact=True).fill(f"{room} orchard")
    dialog.get_by_role("button", name="Create this room").click()
    expect(ana.page.get_by_role("heading", level=1)).to_have_text(f"{room} orchard")


def test_on_a_phone_the_forms_fit(olga):
    page: Page = olga.page
    page.set_viewport_size({"width": 360, "height": 740})
    dialog = olga.open_form("Room settings")
    box = dialog.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert dialog.evaluate("dialog => dialog.scrollWidth <= dialog.clientWidth")
    for control in dialog.locator("label.choice, button, input:not([type])").all():
        if control.is_visible():
            assert control.bounding_box()["height"] >= 32
