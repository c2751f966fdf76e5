"""The first page, and signing in."""

import json
import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Guest

KILOBYTES = 60
SIZE_OF_IMAGE = """async (src) => {
    const image = new Image();
    image.src = src;
    await image.decode();
    return `${image.width}x${image.height}`;
}"""


def test_the_first_page_is_small_and_complete(site, visit):
    page = visit(site, viewport={"width": 360, "height": 600})
    requests = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto("/", wait_until="networkidle")
    sizes = [request.sizes()["responseBodySize"] for request in requests]
    assert len(sizes) > 3
    assert sum(sizes) < KILOBYTES * 1024
    expect(page.get_by_role("button", name="Join")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="Rooms")).to_be_in_viewport(ratio=1)


def test_the_rooms_are_live(site, visit, guest, room):
    page = visit(site)
    page.goto("/")
    row = page.get_by_role("link", name=room)
    expect(row).to_have_count(0)
    guest("Ana")
    expect(row).to_contain_text("1 here", timeout=10_000)
    row.click()
    ben = Guest(page, "Ben")
    ben.answer_name("Ben")
    ben.is_in()


def test_a_name_on_the_first_page_is_used_by_its_links_too(site, visit, guest, room):
    guest("Ana")
    page = visit(site)
    page.goto("/")
    page.get_by_label("Your name").fill("Ben")
    page.get_by_role("link", name=room).click()
    Guest(page, "Ben").is_in()
    expect(page.locator(".people")).to_contain_text("Ben")


def test_a_new_room_has_the_name_that_was_typed(site, visit):
    ana = Guest(visit(site), "Ana")
    ana.come_in("Șah & Go Club")
    assert urlsplit(ana.page.url).path == "/rooms/%C8%99ah-go-club/"
    expect(ana.page.get_by_role("heading", name="Șah & Go Club", exact=True)).to_be_visible()
    expect(ana.page.get_by_text("Nobody has said anything yet. Say hello, or")).to_be_visible()


def test_refusals_are_shown_at_their_fields(site, visit):
    page = visit(site)
    page.goto("/")
    page.get_by_label("Your name").fill("x\u200by")
    page.get_by_label("Room", exact=True).fill("!!!")
    page.get_by_role("button", name="Join").click()
    name, room = page.get_by_label("Your name"), page.get_by_label("Room", exact=True)
    expect(name).to_have_accessible_description(
        "This name has invisible characters in it. Type it again by hand."
    )
    expect(room).to_have_accessible_description(re.compile("Use at least one letter or number.$"))
    expect(name).to_have_value("x\u200by")


def test_signing_in_leads_back_to_the_room(site, visit, room):
    page = visit(site)
    page.goto("/rooms/somewhere/")
    page.get_by_role("dialog").get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The username or the password is not right.")).to_be_visible()
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Start this room").click()
    Guest(page, "admin").is_in()
    expect(page.locator(".person")).to_contain_text("admin")


def test_the_first_page_remembers_the_name_on_going_back(guest, site, visit, room):
    guest("Ana")
    page = visit(site)
    page.goto("/")
    page.get_by_role("link", name=room).click()
    ben = Guest(page, "Ben")
    ben.answer_name("Ben")
    ben.is_in()
    page.go_back()
    expect(page.get_by_label("Your name")).to_have_value("Ben")


@pytest.mark.parametrize("address", ["/", "/rooms/somewhere/"])
def test_without_javascript_a_notice_replaces_what_needs_it(site, visit, address):
    page = visit(site, java_script_enabled=False)
    page.goto(address)
    expect(page.get_by_text("Chatting needs JavaScript.")).to_be_visible()
    for needing in (".composer", ".connection", ".theme", ".people"):
        expect(page.locator(needing).filter(visible=True)).to_have_count(0)


def test_with_javascript_there_is_no_such_notice_even_without_styles(site, visit):
    page = visit(site)
    page.route("**/*.css", lambda route: route.fulfill(content_type="text/css", body=""))
    page.goto("/rooms/somewhere/")
    Guest(page, "Ana").answer_name("Ana")
    Guest(page, "Ana").is_in()
    for untrue in ("Chatting needs JavaScript.", "Loading older messages", "Not sent yet"):
        expect(page.get_by_text(untrue)).to_have_count(0)


def test_a_visitor_without_javascript_signs_in_and_out(site, visit):
    page = visit(site, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/rooms/somewhere/"])
def test_a_browser_can_install_the_site(site, visit, address):
    page = visit(site)
    page.goto(address)
    browser = page.context.new_cdp_session(page)
    manifest = browser.send("Page.getAppManifest")
    assert (manifest["url"], manifest["errors"]) == (f"{site.url}/manifest.webmanifest", [])
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The tests' browsers keep nothing, like a private window.
    assert [each["errorId"] for each in found if each["errorId"] != "in-incognito"] == []
    for icon in json.loads(manifest["data"])["icons"]:
        assert icon["sizes"] == page.evaluate(SIZE_OF_IMAGE, icon["src"])
