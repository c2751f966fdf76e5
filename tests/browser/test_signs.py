"""One knows who one is and where to go: signing in, the admin, one's name, fields to correct."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Admin, Guest
from tests.support.servers import Server

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """A site with twenty rooms, and the account of Mara, a member."""
    server = Server(tmp_path_factory.mktemp("many"), admins=("admin",), CHAT_RATE_LIMITS="off")
    server.start()
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
    own = serve(admins=("admin",), CHAT_RATE_LIMITS="off")
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


# The count and the names of the people, and the state of the connection, as they change.
NOTE_PEOPLE = """() => {
  const text = (name) => document.querySelector(`[data-part=${name}]`).textContent;
  window.shown = [];
  const note = () => {
    const names = [...document.querySelectorAll(".person [data-part=name]")];
    const listed = names.map((each) => each.textContent).join("");
    const { state } = document.querySelector("[data-part=connection]").dataset;
    const now = `${text("people-count")} ${state} ${listed}`;
    if (window.shown.at(-1) !== now) window.shown.push(now);
  };
  note();
  const changes = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(note).observe(document.body, changes);
}"""


def you(person: Guest):
    return person.page.locator(".person").filter(has_text="you")


def change_name(person: Guest, name: str) -> None:
    person.page.get_by_role("button", name="Menu").click()
    person.page.get_by_role("button", name="Change name").click()
    answer(person, name)


def answer(person: Guest, name: str) -> None:
    dialog = person.page.get_by_role("dialog", name="Change your name")
    dialog.get_by_label("Your name").fill(name)
    dialog.get_by_role("button", name="Change name").click()


def test_the_menu_says_who_one_is_and_a_guest_changes_it_there(guest):
    ana, ben = guest("Ana"), guest("Ben")
    ana.say("as Ana")
    ana.sees("as Ana")
    ana.composer.press_sequentially("not finished")
    ana.page.get_by_role("button", name="Menu").click()
    menu = ana.page.get_by_role("region", name="Menu")
    expect(menu).to_contain_text("You are Ana")
    ana.page.keyboard.press("Escape")
    ana.page.evaluate(NOTE_PEOPLE)
    change_name(ana, "Annika")
    expect(you(ana)).to_contain_text("Annika")
    expect(ana.page.locator(".line").last).to_have_text("You are now Annika")
    expect(ben.page.locator(".line").last).to_have_text("Ana is now Annika")
    assert ana.page.evaluate("shown") == ["2 open AnaBen", "2 open AnnikaBen"]
    expect(ana.composer).to_have_value("not finished")
    ana.composer.fill("as Annika")
    ana.composer.press("Enter")
    ben.sees("as Annika")
    for person in (ana, ben):
        authors = person.page.locator(".message-author")
        expect(authors.first).to_have_text("Annika")
    expect(ana.message("as Ana")).to_contain_class("own")
    ana.page.get_by_role("button", name="Menu").click()
    expect(menu).to_contain_text("You are Annika")
    ana.page.goto("/")
    expect(ana.page.get_by_label("Your name")).to_have_value("Annika")


@pytest.mark.parametrize("name", ["* hello", "admin", "Ben"])
def test_a_name_that_cannot_be_had_can_be_given_up_again(guest, name):
    ana, ben = guest("Ana"), guest("Ben")
    change_name(ana, name)
    dialog = ana.page.get_by_role("dialog", name="Change your name")
    expect(dialog.locator(".field-error")).to_be_visible()
    expect(dialog.get_by_label("Your name")).not_to_have_value("Ana")
    # Meanwhile one is in the room under the former name.
    expect(you(ana)).to_contain_text("Ana")
    ben.say("before she answers")
    ana.sees("before she answers")
    dialog.get_by_role("button", name="Cancel").click()
    ana.say("still Ana")
    ben.sees("still Ana")
    expect(you(ana)).to_contain_text("Ana")
    expect(ben.message("still Ana").locator(".message-author")).to_have_text("Ana")


def test_a_name_that_was_refused_can_be_corrected(guest):
    ana = guest("Ana")
    guest("Ben")
    change_name(ana, "Ben")
    dialog = ana.page.get_by_role("dialog", name="Change your name")
    expect(dialog.get_by_label("Your name")).to_have_value("Ben 2")
    answer(ana, "Benedikta")
    expect(you(ana)).to_contain_text("Benedikta")


def test_escape_leaves_the_name_as_it_is(guest):
    ana = guest("Ana")
    ana.page.get_by_role("button", name="Menu").click()
    ana.page.get_by_role("button", name="Change name").click()
    dialog = ana.page.get_by_role("dialog", name="Change your name")
    dialog.get_by_label("Your name").fill("Eva")
    ana.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(you(ana)).to_contain_text("Ana")
    expect(ana.composer).to_be_focused()


def test_a_member_keeps_the_name_of_the_account(many, visit):
    page = visit(many)
    sign_in(page, "mara", "/rooms/room-02/")
    Guest(page, "mara").is_in()
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("region", name="Menu")).to_contain_text("You are mara")
    expect(page.get_by_role("button", name="Change name")).to_be_hidden()


def test_a_first_connection_is_no_reconnection(site, visit, room, complaints):
    page = visit(site)
    page.route_web_socket("**/ws/", lambda socket: socket.close(code=1012))
    page.route("**/api/v1/**", lambda route: route.abort())
    ana = Guest(page, "Ana")
    ana.knock(room)
    expect(page.locator(".opening")).to_contain_text("Opening")
    expect(ana.banner).to_contain_text("Connecting")
    expect(ana.banner).not_to_contain_text("Reconnecting")
    complaints.clear()


def test_an_empty_room_that_is_closed_invites_nobody_to_write(many, visit):
    ana = Guest(visit(many), "Ana")
    ana.page.goto("/rooms/room-01/")
    ana.answer_name("Ana")
    ana.is_in()
    beginning = ana.page.locator(".beginning")
    expect(beginning).to_contain_text("Nothing was written here yet.")
    invitation = beginning.get_by_text("Say hello").filter(visible=True)
    expect(invitation).to_have_count(0)
    ana.page.goto("/rooms/room-02/")
    ana.is_in()
    expect(invitation).to_have_count(1)
    expect(beginning.get_by_text("Nothing was written")).to_be_hidden()


@pytest.mark.parametrize("opened", ["Menu", "People here"])
def test_copying_the_link_closes_what_it_was_copied_in(guest, opened):
    ana = guest("Ana", **PHONE, permissions=["clipboard-read", "clipboard-write"])
    ana.page.get_by_role("button", name=opened).tap()
    button = ana.page.locator(":popover-open").get_by_role("button", name="Copy the link")
    button.tap()
    expect(ana.page.locator(":popover-open")).to_have_count(0)
    expect(ana.page.get_by_text("Link copied").first).to_be_visible()
    assert ana.page.evaluate("navigator.clipboard.readText()") == ana.page.url


def test_the_link_is_copied_on_plain_http_too(guest):
    ana = guest("Ana", permissions=["clipboard-read"])
    ana.page.evaluate("navigator.clipboard.writeText = undefined")
    ana.page.locator(".beginning").get_by_role("button", name="Copy the link").click()
    expect(ana.page.get_by_text("Link copied").first).to_be_visible()
    assert ana.page.evaluate("navigator.clipboard.readText()") == ana.page.url


def test_the_drawer_takes_the_focus_and_closes_when_it_leaves(guest):
    ana = guest("Ana", viewport={"width": 700, "height": 800})
    ana.page.get_by_role("button", name="People here").press("Enter")
    people = ana.page.locator(".people")
    expect(people.get_by_role("button", name="Close")).to_be_focused()
    ana.page.keyboard.press("Escape")
    expect(ana.page.get_by_role("button", name="People here")).to_be_focused()
    ana.page.keyboard.press("Enter")
    for _ in range(3):
        ana.page.keyboard.press("Tab")
    expect(people).to_be_hidden()
    ana.page.get_by_role("button", name="People here").press("Enter")
    expect(people).to_be_visible()


def test_each_message_is_named_and_one_s_own_told_apart(guest):
    ana, ben = guest("Ana"), guest("Ben")
    ana.say("mine")
    ben.say("theirs")
    ana.sees("theirs")
    clock = r"\d+:\d\d"
    expect(ana.message("mine")).to_have_accessible_name(re.compile(f"^Ana you {clock}"))
    expect(ana.message("theirs")).to_have_accessible_name(re.compile(f"^Ben {clock}"))
