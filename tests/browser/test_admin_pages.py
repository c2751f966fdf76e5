"""The admin as a moderator sees it: in the chat's colours, with what was said in sight."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Admin

GROUND = "getComputedStyle(document.body).backgroundColor"
BACKGROUND = "element => getComputedStyle(element).backgroundColor"
PAGE_GROUND = "getComputedStyle(document.documentElement).backgroundColor"
WORDY = (
    "what was said in this room, and who may read it, " * 5 + "and so on",
    "x" * 600,
    " ".join(["\u0633\u0644\u0627\u0645"] * 40),
    "https://example.org/" + "path" * 60,
)


@pytest.fixture
def admin(site, visit, complaints):
    def sign_in(**options) -> Admin:
        return Admin(visit(site, **options))

    yield sign_in
    # Django's boxes to search want styles that the site's policy blocks.
    complaints[:] = [each for each in complaints if "style" not in each]


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_what_was_said_is_read_without_scrolling_sideways(guest, admin, room, width):
    ana = guest(f"Wordy {width}")
    for text in WORDY:
        ana.say(text)
        ana.sees(text)
    page = admin(viewport={"width": width, "height": 800}).page
    page.goto(f"/admin/chat/message/?q=Wordy {width}")
    texts = page.locator("#result_list .field-text a")
    expect(texts).to_have_count(len(WORDY))
    for text in texts.all():
        box = text.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert text.evaluate("link => link.scrollWidth <= link.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [360, 1280])
def test_whether_a_message_is_deleted_is_in_sight(guest, admin, room, width):
    ana = guest("Ana")
    ana.say(f"regrettable {width}")
    ana.sees(f"regrettable {width}")
    alice = admin(viewport={"width": width, "height": 800})
    alice.choose("message", f"regrettable {width}", "Delete, so that nobody can read them")
    deleted = alice.page.locator("#result_list").get_by_text("Deleted").last
    expect(deleted).to_be_visible()
    box = deleted.bounding_box()
    assert box["x"] + box["width"] <= width


def test_a_theme_chosen_in_the_chat_is_the_admins_and_the_other_way_round(admin):
    page = admin(color_scheme="light").page
    page.goto("/")
    light = page.evaluate(PAGE_GROUND)
    page.get_by_label("Dark").check()
    dark = page.evaluate(PAGE_GROUND)
    assert dark != light
    page.goto("/admin/")
    assert page.evaluate(GROUND) == dark
    # From dark to light, to the system's colours, and to dark: Django's order.
    for theme, chosen, ground in (
        ("light", "Light", light),
        ("auto", "System", light),
        ("dark", "Dark", dark),
    ):
        page.locator(".theme-toggle").click()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        assert page.evaluate(GROUND) == ground
        page.goto("/")
        expect(page.get_by_label(chosen)).to_be_checked()
        assert page.evaluate(PAGE_GROUND) == ground
        page.goto("/admin/")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_admins_accent_is_the_chats(admin, colours):
    page = admin(color_scheme=colours).page
    page.goto("/admin/password_change/")
    accent = page.locator("[type=submit].default").evaluate(
        "e => getComputedStyle(e).backgroundColor"
    )
    page.goto("/")
    button = page.locator(".button").first
    assert button.evaluate(BACKGROUND) == accent


def test_the_filter_of_a_long_list_is_one_press_away_on_a_phone(admin):
    page = admin(viewport={"width": 360, "height": 740}).page
    page.goto("/admin/chat/message/")
    page.get_by_role("link", name="Filter", exact=True).click()
    expect(page.get_by_role("navigation", name="Filter")).to_be_in_viewport()


def test_numbers_in_a_narrow_list_say_what_they_count(admin):
    page = admin(viewport={"width": 360, "height": 740}).page
    page.goto("/admin/chat/room/")
    said = "element => getComputedStyle(element, '::before').content"
    for column, words in {"message_count": "Messages", "people_now": "People there now"}.items():
        cell = page.locator(f"#result_list tbody .field-{column}").first
        expect(cell).to_have_attribute("data-column", words)
        assert words in cell.evaluate(said)
