"""Rooms of one's own on the page: made, changed, invited to, left and deleted."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Admin, Guest
from tests.browser.test_access import violations
from tests.browser.test_rooms import Shown


class Owner(Shown):
    """A member who makes rooms on the page."""

    def open_form(self, button: str) -> Locator:
        """Open a dialog from the menu of the page."""
        self.page.get_by_role("button", name="Menu", exact=True).click()
        self.page.get_by_role("button", name=button).click()
        return self.page.get_by_role("dialog", name=button)

    def make(self, name: str, access: str) -> None:
        self.page.get_by_role("button", name="New room").click()
        dialog = self.page.get_by_role("dialog", name="New room")
        dialog.get_by_label("Name", exact=True).fill(name)
        dialog.get_by_role("radio", name=access).check()
        dialog.get_by_role("button", name="Create this room").click()
        self.rooms.shows(name)
        expect(self.composer).to_be_focused()

    def offers(self, *buttons: str) -> None:
        """Check what the menu offers for the room that is shown."""
        menu = self.page.locator(".menu-room button")
        expect(menu).to_have_text(list(buttons))


ALL = ("Invite people", "Room settings", "Leave this room", "Delete this room")


@pytest.fixture
def olga(site, visit, room) -> Owner:
    """The admin, who has an account, in a public room of their own."""
    olga = Owner(Admin(visit(site)).page, "admin")
    olga.start_room(room)
    return olga


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
    ana = Guest(visit(site), "Ana")
    ana.page.goto(link)
    ana.page.get_by_label("Your name").fill("Ana")
    ana.page.get_by_role("button", name="Join").click()
    ana.is_in()
    ana.say("thank you")
    olga.sees("thank you")


def test_what_is_refused_of_a_new_room_is_said_at_its_field(olga, room, complaints):
    page = olga.page
    page.get_by_role("button", name="New room").click()
    dialog = page.get_by_role("dialog", name="New room")
    dialog.get_by_label("Name", exact=True).fill(room)
    dialog.get_by_role("radio", name="Who knows the password").check()
    dialog.get_by_role("button", name="Create this room").click()
    expect(dialog.get_by_role("alert")).to_have_text("Type a password.")
    expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    dialog.get_by_label("Password", exact=True).fill("e4 e5")
    dialog.get_by_role("button", name="Create this room").click()
    expect(dialog.get_by_role("alert")).to_have_text(re.compile("exists already"))
    expect(dialog.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="New room")).to_be_focused()
    # The console of a browser names every refused request.
    assert [each for each in complaints if "409" not in each] == []
    complaints.clear()


def test_an_owner_changes_a_room_and_others_see_it_at_once(olga, guest, room):
    ana = guest("Ana")
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
    expect(dialog.get_by_label("New password")).to_be_hidden()
    dialog.get_by_role("button", name="Save").click()
    expect(olga.page).to_have_url(re.compile(r"~\w{12}/$"))
    expect(ana.composer).to_be_hidden()


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
    expect(olga.page).not_to_have_url(re.compile("club"))
    expect(olga.page.locator(".ending:visible")).to_have_count(0)


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
