"""Coming by the link of an invitation, as a guest and as a member."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Admin, Guest

INVITE = """
from django.contrib.auth import get_user_model
from chat.access import invitations
from chat.models import Membership, Room
from chat.rules.slugs import unguessable_slug
olga = get_user_model().objects.get_or_create(username="Olga")[0].person
club = Room.objects.create(slug=unguessable_slug("Club"), name={name!r}, kind="private")
Membership.objects.create(room=club, person=olga, role="owner")
print(invitations.create(olga, [club], invitations.Terms(max_uses={max_uses}))[1])
"""
IN_A_ROOM = re.compile(r"/rooms/club~\w{12}/$")


@pytest.fixture
def link(site, room) -> str:
    """Return the link of an invitation to a private room."""
    return link_to(site, room)


@pytest.fixture
def once(site, room) -> str:
    """Return such a link by which one person may come."""
    return link_to(site, room, max_uses=1)


def link_to(site, room: str, max_uses: int | None = None) -> str:
    invite = INVITE.format(name=room, max_uses=max_uses)
    code = site.manage("shell", "--verbosity=0", "--command", invite)
    return f"/invitations/{code.strip()}/"


def test_a_guest_comes_in_and_is_the_same_after_a_reload(site, visit, link, room):
    ana = Guest(visit(site), "Ana")
    ana.page.goto(link)
    expect(ana.page.get_by_role("heading", name=f"Olga invites you to {room}")).to_be_visible()
    ana.page.get_by_role("button", name="Join").click()
    expect(ana.page.get_by_text("Type your name.")).to_be_visible()
    ana.page.get_by_label("Your name").fill("Ana")
    ana.page.get_by_role("button", name="Join").click()
    ana.is_in()
    expect(ana.page).to_have_url(IN_A_ROOM)
    expect(ana.page.get_by_role("heading", name=room, exact=True)).to_be_visible()
    ana.say("hello")
    ana.sees("hello")
    ana.page.reload()
    ana.is_in()
    expect(ana.message("hello")).to_have_class(re.compile(r"\bown\b"))
    ana.page.goto(link)
    expect(ana.page.get_by_label("Your name")).to_have_value("Ana")
    ana.page.get_by_role("button", name="Join").click()
    ana.is_in()
    expect(ana.message("hello")).to_have_class(re.compile(r"\bown\b"))


def test_a_guest_comes_again_by_a_link_that_is_used_up(site, visit, once, room, complaints):
    ana, charlie = Guest(visit(site), "Ana"), Guest(visit(site), "Charlie")
    ana.page.goto(once)
    ana.page.get_by_label("Your name").fill("Ana")
    ana.page.get_by_role("button", name="Join").click()
    ana.is_in()
    ana.say("hello")
    ana.page.goto(once)
    ana.is_in()
    expect(ana.message("hello")).to_have_class(re.compile(r"\bown\b"))
    charlie.page.goto(once)
    heading = charlie.page.get_by_role("heading", name="This invitation cannot be used")
    expect(heading).to_be_visible()
    charlie.come_in(f"{room} Bar")
    with charlie.page.expect_response("**/api/v1/invitations/*") as tried:
        charlie.page.goto(once)
    assert tried.value.status == 404
    expect(heading).to_be_visible()
    complaints[:] = [each for each in complaints if "404" not in each]


def test_a_refused_name_is_said_at_its_field(site, visit, link, complaints):
    ana = Guest(visit(site), "Ana")
    ana.page.goto(link)
    ana.page.get_by_label("Your name").fill("Olga")
    ana.page.get_by_role("button", name="Join").click()
    field = ana.page.get_by_label("Your name")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(ana.page.get_by_role("alert").filter(has_text="has that name")).to_be_visible()
    field.fill("Ana")
    field.press("Enter")
    ana.is_in()
    complaints[:] = [each for each in complaints if "409" not in each]


def test_a_member_signs_in_and_comes_back_to_it(site, visit, link):
    member = Guest(visit(site), "admin")
    member.page.goto(link)
    member.page.get_by_role("link", name="Sign in").click()
    member.page.get_by_label("Username").fill("admin")
    member.page.get_by_label("Password").fill(ADMIN_PASSWORD)
    member.page.get_by_role("button", name="Sign in").click()
    expect(member.page.get_by_text("Signed in as admin")).to_be_visible()
    member.page.get_by_role("button", name="Join").click()
    member.is_in()
    member.page.goto(link)
    expect(member.page).to_have_url(IN_A_ROOM)


def test_who_was_signed_out_meanwhile_is_asked_for_a_name(site, visit, once):
    page = Admin(visit(site)).page
    page.goto(once)
    expect(page.get_by_label("Your name")).to_have_count(0)
    other = page.context.new_page()
    other.goto("/admin/")
    other.get_by_role("button", name="Log out").click()
    expect(other.get_by_role("link", name="Sign in")).to_be_visible()
    page.get_by_role("button", name="Join").click()
    ana = Guest(page, "Ana")
    page.get_by_label("Your name").fill("Ana")
    page.get_by_role("button", name="Join").click()
    ana.is_in()


def test_a_guest_without_an_invitation_does_not_get_in(site, visit, link, room):
    ana, charlie = Guest(visit(site), "Ana"), Guest(visit(site), "Charlie")
    ana.page.goto(link)
    ana.page.get_by_label("Your name").fill("Ana")
    ana.page.get_by_role("button", name="Join").click()
    ana.is_in()
    charlie.page.goto(ana.page.url)
    charlie.answer_name("Charlie")
    expect(charlie.page.get_by_text("This room does not exist").first).to_be_visible()
    assert room not in charlie.page.content()
