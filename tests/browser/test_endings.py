"""What ends a visit fills the place of the room; a room that is not there is started knowingly."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Admin, Guest


@pytest.fixture
def own(serve):
    """A site of the test's own, whose configuration it may change."""
    return serve(admins=("admin", "mara"), CHAT_RATE_LIMITS="off")


@pytest.fixture
def admin(site, visit) -> Admin:
    return Admin(visit(site))


def are_of_refused_pages(complaints: list[str]) -> None:
    """Remove what a browser says of pages with the status of an error."""
    complaints[:] = [each for each in complaints if "status of 40" not in each]


def ending(guest: Guest, title: str):
    """Check that the room's place is taken by what has this title, and return it."""
    region = guest.page.get_by_role("region", name=title)
    expect(region).to_be_visible()
    for selector in (".scroller", ".composer", ".gate", ".people", ".connection"):
        expect(guest.page.locator(selector).filter(visible=True)).to_have_count(0)
    return region


def test_a_mistyped_link_starts_no_room_by_itself(guest, site, visit):
    ana = guest("Ana")
    ana.page.goto("/rooms/never-seen/")
    dialog = ana.page.get_by_role("dialog", name="Start “never-seen”?")
    expect(dialog).to_contain_text("There is no room at this link yet.")
    expect(dialog.get_by_label("Your name")).to_be_hidden()
    expect(ana.page.get_by_text("You joined")).to_have_count(0)
    assert "never-seen" not in site.get("/api/v1/rooms")[1]
    dialog.get_by_role("button", name="Start this room").click()
    ana.is_in()
    assert "never-seen" in site.get("/api/v1/rooms")[1]
    ben = Guest(visit(site), "Ben")
    ben.page.goto("/rooms/never-seen/")
    expect(ben.page.get_by_role("dialog", name="Join never-seen")).to_be_visible()


def test_a_newcomer_gives_a_name_and_starts_the_room_at_once(site, visit):
    ana = Guest(visit(site), "Ana")
    ana.page.goto("/rooms/brand-new/")
    dialog = ana.page.get_by_role("dialog", name="Start “brand-new”?")
    dialog.get_by_label("Your name").fill("Ana")
    dialog.get_by_label("Your name").press("Enter")
    ana.is_in()


def test_a_deleted_room_shows_what_was_not_sent(guest, admin, room):
    ana = guest("Ana")
    ana.say("sent")
    ana.sees("sent")
    ana.composer.press_sequentially("not finished")
    admin.delete_room(room)
    region = ending(ana, "This room was deleted")
    expect(region).to_be_focused()
    expect(region).to_contain_text("You had not sent this")
    expect(region).to_contain_text("not finished")
    region.get_by_role("button", name="All rooms").click()
    expect(ana.page.get_by_label("Your name")).to_have_value("Ana")
    ana.page.go_back()
    ana.page.get_by_role("button", name="Start this room").click()
    expect(ana.composer).to_have_value("not finished")


def test_words_for_a_deleted_room_are_there_where_nobody_may_start_it(own, visit, complaints):
    admin = Admin(visit(own))
    ana = Guest(visit(own), "Ana")
    ana.come_in("lobby")
    ana.composer.press_sequentially("not finished")
    admin.save("configuration/1/change", joining_creates_rooms=False)
    admin.delete_room("Lobby")
    ending(ana, "This room was deleted")
    ana.page.reload()
    region = ending(ana, "This room does not exist")
    expect(region).to_contain_text("You had not sent this")
    expect(region).to_contain_text("not finished")
    are_of_refused_pages(complaints)


def test_where_nobody_may_start_rooms_a_wrong_link_says_so_at_once(own, visit, complaints):
    Admin(visit(own)).save("configuration/1/change", joining_creates_rooms=False)
    for options in ({}, {"java_script_enabled": False}):
        ana = Guest(visit(own, **options), "Ana")
        ana.page.goto("/rooms/nowhere/")
        region = ending(ana, "This room does not exist")
        expect(ana.page.get_by_role("dialog")).to_have_count(0)
        expect(region.get_by_role("link", name="Sign in")).to_be_visible()
        region.get_by_role("link", name="All rooms").click()
        expect(ana.page.get_by_label("Your name")).to_be_visible()
    are_of_refused_pages(complaints)


def test_a_room_that_vanishes_while_a_name_is_asked_ends_the_visit(own, visit):
    admin = Admin(visit(own))
    ana = Guest(visit(own), "Ana")
    ana.page.goto("/rooms/lobby/")
    admin.save("configuration/1/change", joining_creates_rooms=False)
    admin.delete_room("Lobby")
    ana.answer_name("Ana")
    region = ending(ana, "This room does not exist")
    expect(region.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_blocked_member_finds_the_reason_in_the_place_of_the_room(own, visit, complaints):
    mara = Guest(visit(own), "mara")
    mara.page.goto("/accounts/login/?next=/rooms/lobby/")
    mara.page.get_by_label("Username").fill("mara")
    mara.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    mara.page.get_by_role("button", name="Sign in").click()
    mara.is_in()
    mara.say("seen before")
    mara.sees("seen before")
    admin = Admin(visit(own))
    admin.choose("person", "mara", "Block")
    ending(mara, "You can no longer take part here")
    expect(mara.message("seen before")).to_be_hidden()
    mara.page.reload()
    ending(mara, "You can no longer take part here")
    are_of_refused_pages(complaints)


def test_a_member_who_was_signed_out_can_sign_in_again(own, visit):
    mara = Guest(visit(own), "mara")
    mara.page.goto("/accounts/login/?next=/rooms/lobby/")
    mara.page.get_by_label("Username").fill("mara")
    mara.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    mara.page.get_by_role("button", name="Sign in").click()
    mara.is_in()
    mara.composer.press_sequentially("not finished")
    mara.page.get_by_role("button", name=re.compile("^For you")).click()
    expect(mara.page.get_by_role("dialog", name="For you")).to_be_visible()
    other = mara.page.context.new_page()
    # As by a link on the page: who comes from elsewhere is led to their room.
    other.goto("/", referer=mara.page.url)
    other.get_by_role("button", name="Sign out").click()
    region = ending(mara, "You were signed out")
    # On a shared computer nobody is to see which rooms there were.
    expect(mara.page.get_by_role("dialog")).to_have_count(0)
    expect(mara.page.get_by_role("navigation", name="Rooms")).to_be_hidden()
    expect(mara.page.locator(".rooms-item")).to_have_count(0)
    mara.page.keyboard.press("Control+k")
    expect(mara.page.get_by_role("dialog")).to_have_count(0)
    expect(mara.page.locator(".header").get_by_role("link", name="All rooms")).to_be_visible()
    region.get_by_role("button", name="Sign in").click()
    mara.page.get_by_label("Username").fill("mara")
    mara.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    mara.page.get_by_role("button", name="Sign in").click()
    mara.is_in()
    expect(mara.composer).to_have_value("not finished")
