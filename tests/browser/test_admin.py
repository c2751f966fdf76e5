"""Changes by an admin are shown on open pages at once."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Admin, Guest


@pytest.fixture
def admin(site, visit):
    return Admin(visit(site))


def test_a_deleted_message_disappears_and_a_restored_one_comes_back(guest, admin, room):
    ana = guest("Ana")
    text = f"regrettable in {room}"
    ana.say(text)
    ana.sees(text)
    admin.choose("message", text, "Delete, so that nobody can read them")
    expect(ana.page.get_by_text("This message was deleted.")).to_be_visible()
    expect(ana.message(text)).to_have_count(0)
    admin.choose("message", text, "Restore, so that everybody can read them")
    ana.sees(text)


def test_a_changed_configuration_is_shown_at_once(guest, admin, room):
    ana = guest("Ana")
    admin.save("configuration/1/change", site_name="Our place", guests_may_write=False)
    expect(ana.page).to_have_title(f"{room} \N{EN DASH} Our place")
    expect(ana.composer).to_be_hidden()
    only_members = "Only members can write here. Sign in to take part."
    expect(ana.page.get_by_text(only_members)).to_be_visible()
    admin.save("configuration/1/change", site_name="Chatsite", guests_may_write=True)
    expect(ana.composer).to_be_visible()


def test_a_closed_room_shows_a_notice_and_what_was_not_sent(guest, admin, room):
    ana = guest("Ana")
    ana.composer.press_sequentially("not finished")
    admin.choose("room", room, "Close to writing")
    told = ana.page.get_by_role("status").filter(has_text="This room is closed.")
    expect(told).to_be_visible()
    expect(ana.composer).to_be_hidden()
    unsent = ana.page.get_by_text("You had not sent this")
    for _ in range(2):
        expect(unsent).to_be_visible()
        expect(ana.page.get_by_text("not finished").filter(visible=True)).to_have_count(1)
        ana.page.reload()
    admin.choose("room", room, "Open to writing")
    expect(unsent).to_be_hidden()
    expect(ana.composer).to_have_value("not finished")


def test_people_follow_a_room_to_its_new_address(guest, admin, room):
    ana = guest("Ana")
    admin.page.goto(f"/admin/chat/room/?q={room}")
    admin.page.get_by_role("row").filter(has_text=room).get_by_role("link", name=room).first.click()
    admin.page.locator("[name=name]").fill("Garden")
    admin.page.locator("[name=topic]").fill("Tomatoes")
    admin.page.locator("[name=slug]").fill("garden")
    admin.page.locator("[name=_save]").click()
    expect(ana.page.get_by_role("heading", name="Garden", exact=True)).to_be_visible()
    expect(ana.page.get_by_text("Tomatoes")).to_be_visible()
    expect(ana.page).to_have_url(re.compile("/rooms/garden/$"))
    expect(ana.composer).to_have_attribute("placeholder", "Write to Garden")
    ana.say("still here")
    ana.sees("still here")


def test_a_blocked_person_is_removed_at_once(guest, admin, site):
    ana = guest("Somebody unpleasant")
    admin.page.goto("/admin/chat/person/?q=unpleasant")
    admin.page.get_by_role("link", name="Somebody unpleasant").click()
    admin.page.locator("[name=blocked]").check()
    admin.page.locator("[name=_save]").click()
    ending = ana.page.get_by_role("region", name="You can no longer take part here")
    expect(ending).to_contain_text("An admin can tell you why.")
    ana.page.reload()
    expect(ending.get_by_text("An admin can tell you why.", exact=True)).to_be_visible()
    expect(ana.composer).to_be_hidden()
    expect(ana.page.locator(".person")).to_have_count(0)
    expect(ana.page.locator(".people h2")).to_have_text("People")
    ana.page.get_by_role("button", name="All rooms").click()
    expect(ana.page).to_have_url(f"{site.url}/")


def test_a_member_joins_without_entering_a_name(site, visit, admin, room):
    page = admin.page
    page.goto("/")
    expect(page.get_by_label("Your name")).to_have_count(0)
    page.get_by_label("Room", exact=True).fill(room)
    page.get_by_role("button", name="Join").click()
    member = Guest(page, "admin")
    member.is_in()
    member.say("as a member")
    expect(page.locator(".message-author")).to_have_text("admin")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Your name")).to_be_visible()


def test_messages_on_an_open_page_follow_a_new_name(guest, admin, room):
    ana, ion = guest("Ana"), guest("Ion")
    text = f"e4 in {room}"
    ion.say(text)
    ana.sees(text)
    admin.page.goto("/admin/chat/person/?q=Ion")
    admin.page.get_by_role("link", name="Ion", exact=True).first.click()
    admin.page.locator("[name=name]").fill("Ioan")
    admin.page.locator("[name=_save]").click()
    for person in (ana, ion):
        expect(person.message(text).locator(".message-author")).to_have_text("Ioan")
        expect(person.message(text).locator(".initial")).to_have_text("I")
