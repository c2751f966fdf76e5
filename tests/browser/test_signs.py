"""One knows who one is and where to go: signing in, the admin, one's name, fields to correct."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Admin, Guest
from tests.support.servers import Server

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A site with twenty rooms, and the account of Mara, a member."""
    server = Server(
        tmp_path_factory.mktemp("many"),
        CHAT_RATE_LIMITS="off",
        DJANGO_SUPERUSER_PASSWORD=ADMIN_PASSWORD,
    )
    server.start()
    server.manage("createsuperuser", "--noinput", "--username=admin", "--email=a@example.org")
    server.manage("shell", "-c", MARA_AND_ROOMS)
    yield server
    server.kill()


MARA_AND_ROOMS = f"""
from django.contrib.auth import get_user_model
from chat.models import Room
get_user_model().objects.create_user("mara", password="{ADMIN_PASSWORD}")
for number in range(1, 20):
    Room.objects.create(slug=f"room-{{number:02}}", name=f"Room {{number:02}}", closed=number == 1)
"""


def sign_in(page, username: str, next: str = "/") -> None:
    page.goto(f"/accounts/login/?next={next}")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_signing_in_is_in_the_first_screen_however_many_rooms(many, visit, screen):
    page = visit(many, **screen)
    page.goto("/")
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Join")).to_be_in_viewport(ratio=1)
    rows = page.locator(".room-row")
    expect(rows.filter(visible=True)).to_have_count(8)
    page.get_by_role("button", name="All 20 rooms").press("Enter")
    expect(rows.filter(visible=True)).to_have_count(20)
    expect(rows.nth(8)).to_be_focused()
    expect(page.get_by_role("button", name="All 20 rooms")).to_be_hidden()
    # Also after the list was refreshed.
    with page.expect_response("**/api/v1/rooms"):
        pass
    expect(rows.filter(visible=True)).to_have_count(20)


def test_without_scripts_all_rooms_are_listed(many, visit):
    page = visit(many, java_script_enabled=False)
    page.goto("/")
    expect(page.locator(".room-row").filter(visible=True)).to_have_count(20)


def test_a_closed_room_is_marked_in_the_list(many, visit):
    page = visit(many)
    page.goto("/")
    expect(page.get_by_role("link", name="Room 01")).to_contain_text("Closed")
    with page.expect_response("**/api/v1/rooms"):
        pass
    expect(page.get_by_role("link", name="Room 01")).to_contain_text("Closed")
    expect(page.get_by_role("link", name="Room 02")).not_to_contain_text("Closed")


def test_a_member_sees_who_they_are_and_is_asked_for_no_name(many, visit):
    page = visit(many)
    sign_in(page, "mara")
    expect(page.get_by_text("Signed in as mara")).to_be_in_viewport()
    expect(page.get_by_text("Pick a room, and talk.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("link", name="Admin")).to_have_count(0)
    field, button = page.get_by_label("Room", exact=True), page.get_by_role("button", name="Join")
    assert field.bounding_box()["width"] == button.bounding_box()["width"]


def test_staff_have_a_way_to_the_admin(many, visit):
    page = visit(many)
    sign_in(page, "admin")
    page.get_by_role("link", name="Admin").click()
    expect(page).to_have_url(f"{many.url}/admin/")
    page.goto("/rooms/room-01/")
    Guest(page, "admin").is_in()
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Admin").click()
    expect(page).to_have_url(f"{many.url}/admin/")


def test_the_field_that_was_refused_has_the_focus(many, visit):
    page = visit(many)
    page.goto("/")
    name, room = page.get_by_label("Your name"), page.get_by_label("Room", exact=True)
    name.fill("* hello")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".field-error")).to_be_visible()
    expect(name).to_be_focused()
    name.fill("Ana")
    room.fill("!!!")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".field-error")).to_be_visible()
    expect(room).to_be_focused()


def test_on_a_phone_the_refused_field_is_in_view(many, visit):
    page = visit(many, **PHONE | {"viewport": {"width": 360, "height": 300}})
    page.goto("/")
    page.get_by_label("Your name").fill("* hello")
    page.get_by_role("button", name="Join").tap()
    expect(page.locator(".field-error")).to_be_in_viewport(ratio=1)


def test_after_a_wrong_password_the_password_has_the_focus(many, visit):
    page = visit(many)
    page.goto("/accounts/login/")
    expect(page.get_by_label("Username")).to_be_focused()
    page.get_by_label("Username").fill("mara")
    page.get_by_label("Password").fill("not the password")
    page.get_by_label("Password").press("Enter")
    expect(page.locator(".field-error")).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("mara")
    expect(page.get_by_label("Password")).to_be_focused()


def test_a_room_that_may_not_be_started_is_refused_at_its_field(serve, visit):
    own = serve(CHAT_RATE_LIMITS="off", DJANGO_SUPERUSER_PASSWORD=ADMIN_PASSWORD)
    own.manage("createsuperuser", "--noinput", "--username=admin", "--email=a@example.org")
    page = visit(own)
    page.goto("/")
    room = page.get_by_label("Room", exact=True)
    expect(room).to_have_accessible_description("Or type a new name to start one.")
    Admin(visit(own)).save("configuration/1/change", joining_creates_rooms=False)
    page.reload()
    expect(page.get_by_text("Or type a new name to start one.")).to_have_count(0)
    page.get_by_label("Your name").fill("Ana")
    room.fill("Chess Clb")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".field-error")).to_be_visible()
    expect(room).to_have_value("Chess Clb")
    expect(room).to_be_focused()
    expect(page.get_by_label("Your name")).to_have_value("Ana")
