"""Members are marked wherever their names stand; a guest who is called alike is not."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Admin, Guest


@pytest.fixture
def member(site, visit, room) -> Guest:
    """The admin in the room: a member."""
    member = Guest(Admin(visit(site)).page, "admin")
    member.start_room(room)
    return member


def test_members_are_marked_wherever_their_names_stand(guest, member):
    ana = guest("Admina")
    ana.say("from a guest")
    member.say("from a member")
    member.composer.press_sequentially("and more")
    for text, marks in (("from a member", 1), ("from a guest", 0)):
        head = ana.message(text).locator(".message-head")
        expect(head.get_by_role("img", name="Member")).to_have_count(marks)
    people = ana.page.locator(".person")
    expect(people.filter(has_text="you").locator(".member-mark:visible")).to_have_count(0)
    expect(people.first.get_by_role("img", name="Member")).to_be_visible()
    typing = ana.page.locator("[data-part=typing]")
    expect(typing).to_have_text("admin is typing")
    expect(typing.get_by_role("img", name="Member")).to_be_visible()
    lines = "line => line.offsetHeight / parseFloat(getComputedStyle(line).lineHeight)"
    assert typing.evaluate(lines) < 1.5


def test_the_line_of_who_comes_and_goes_marks_members(guest, visit, site, room):
    ana = guest("Ana")
    page = Admin(visit(site)).page
    page.goto(f"/rooms/{room}/")
    line = ana.page.locator(".line", has_text="admin connected")
    expect(line.get_by_role("img", name="Member")).to_be_visible()
