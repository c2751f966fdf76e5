"""Rooms that are not open to all, from outside: a password, and the end of what one may see."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Admin, Guest

# A member's request to the API, from one of the site's own pages.
CALL = """async ([method, path, body]) => {
  const token = document.cookie.match(/csrftoken=([^;]+)/)[1];
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
  const response = await fetch(`/api/v1/${path}`, { method, headers, body: JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}"""


@pytest.fixture
def admin(site, visit) -> Admin:
    return Admin(visit(site))


def test_a_room_with_a_password_asks_for_it_once(admin, site, visit, room, complaints):
    new = {"name": room, "password": "open sesame"}
    admin.page.evaluate(CALL, ["POST", "rooms", new])
    ana = Guest(visit(site), "Ana")
    ana.knock(room)
    door = ana.page.get_by_role("dialog", name=re.compile("^Join "))
    expect(door).to_contain_text("This room asks for a password, once.")
    door.get_by_label("Password").fill("open")
    door.get_by_role("button", name="Join").click()
    expect(door.get_by_role("alert")).to_have_text("That is not the room's password. Try again.")
    door.get_by_label("Password").fill("open sesame")
    door.get_by_role("button", name="Join").click()
    ana.is_in()
    ana.page.reload()
    ana.is_in()
    ben = Guest(visit(site), "Ben")
    ben.knock(room)
    ben.page.get_by_role("dialog", name=re.compile("^Join ")).get_by_role(
        "button", name="Cancel"
    ).click()
    expect(ben.page.get_by_role("region", name="You cannot join this room")).to_be_visible()


def test_whoever_is_left_outside_is_told_so(admin, guest, site, room, complaints):
    made = admin.page.evaluate(CALL, ["POST", "rooms", {"name": room}])
    ana = guest("Ana")
    admin.page.evaluate(CALL, ["PATCH", f"rooms/{made['slug']}", {"kind": "private"}])
    region = ana.page.get_by_role("region", name="You are no longer in this room")
    expect(region).to_contain_text("Choose another room")
    expect(ana.page.locator(".message").filter(visible=True)).to_have_count(0)
