"""Accessibility: by keyboard alone, with a screen reader, in each colour scheme."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.error_pages import serve_error_pages
from tests.browser.people import Admin, Guest, finish_animations, tab_back_to

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# All that axe tells of what is well takes three quarters of the time.
FIND = """axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
    violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)))"""

# In Django's own parts: the label of the box to search is a picture, and select2's boxes in boxes;
# of two boxes for a moment one label, and a picture with the words of a tip.
DJANGO = re.compile(
    r'^(label-title-only: .* id="searchbar"|aria-input-field-name: .*select2'
    r"|label: .*v(Date|Time)Field|aria-prohibited-attr: .*search-label-icon)"
)

# Records the messages added to the log while it is a live region, which screen readers read out.
LISTEN = """
    window.heard = [];
    const note = (changes) => {
        for (const { addedNodes } of changes) {
            for (const node of addedNodes) {
                const log = node.parentElement?.closest("[role=log]");
                if (log && log.ariaLive !== "off" && node.matches?.(".message")) {
                    window.heard.push(node.querySelector(".message-body").textContent);
                }
            }
        }
    };
    new MutationObserver(note).observe(document, { childList: true, subtree: true });
"""


def violations(page: Page) -> list[str]:
    """Return the violations that axe finds in the page as it stays.

    A page is there before its last stylesheet: until then its text may have colours for a dark
    ground, and no ground. A click does not wait for the styles of the page that it leads to.
    """
    page.wait_for_load_state()
    finish_animations(page)
    page.evaluate(AXE)
    return page.evaluate(FIND)


@pytest.mark.parametrize(("colours", "width"), [("light", 1280), ("dark", 360)])
def test_pages_have_no_accessibility_violations(site, visit, complaints, width, colours):
    page = visit(site, color_scheme=colours, viewport={"width": width, "height": 800})
    found = {}
    for address in ["/", "/accounts/login/", "/nothing/here/", *serve_error_pages(page)]:
        page.goto(address)
        found[address] = violations(page)
    page.goto("/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator(".field-error")).to_be_visible()
    found["a name is missing"] = violations(page)
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("not the password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".field-error")).to_be_visible()
    found["a wrong password"] = violations(page)
    assert not any(found.values()), found
    complaints[:] = [each for each in complaints if "Failed to load resource" not in each]


def test_the_page_of_the_api_has_no_accessibility_violations(site, visit):
    page = visit(site)
    page.goto("/api/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    for operation in ("post", "get"):
        page.locator(f".opblock-{operation} .opblock-summary-control").first.click()
    expect(page.locator(".opblock .execute").nth(1)).to_be_visible()
    looks = [("light", 1280), ("dark", 360)]
    for is_asking in (False, True):
        if is_asking:
            page.locator(".auth-wrapper .authorize").click()
            expect(page.locator(".auth-container").first).to_be_visible()
        for colours, width in looks:
            page.emulate_media(color_scheme=colours)
            page.set_viewport_size({"width": width, "height": 800})
            assert violations(page) == [], (colours, is_asking)


@pytest.mark.parametrize(("colours", "width"), [("light", 1280), ("dark", 360)])
def test_the_admins_pages_have_no_accessibility_violations(
    site, visit, guest, complaints, colours, width
):
    ana = guest("Ana")
    ana.say("for the list of messages")
    ana.sees("for the list of messages")
    page = visit(site, color_scheme=colours, viewport={"width": width, "height": 800})
    page.goto("/admin/")
    found = {"/admin/login/": violations(page)}
    Admin(page)
    addresses = (
        *("", "chat/message/", "chat/message/1/change/", "chat/room/", "chat/room/add/"),
        *("chat/room/1/delete/", "chat/person/", "chat/person/1/history/"),
        *("chat/configuration/1/change/", "auth/user/", "auth/user/1/change/"),
    )
    for address in addresses:
        page.goto(f"/admin/{address}")
        found[address] = [each for each in violations(page) if not DJANGO.search(each)]
    assert not any(found.values()), found
    # Django's boxes to search want styles that the site's policy blocks.
    complaints.clear()


@pytest.mark.parametrize(("colours", "width"), [("light", 1280), ("dark", 360)])
def test_a_room_has_no_accessibility_violations(guest, colours, width):
    ana = guest("Ana", color_scheme=colours, viewport={"width": width, "height": 800})
    ben = guest("Ben")
    ben.say("Look at https://example.org")
    ben.say("and at this")
    ben.say(
        "> **so** `x`\n- [example.net](https://example.org)\n```py\ndef f(): return 'a'  # 1\n```"
    )
    expect(ana.page.locator(".code-comment")).to_be_visible()
    ana.say("I do")
    ana.sees("I do")
    assert violations(ana.page) == []
    ana.page.get_by_role("button", name="Menu").click()
    assert violations(ana.page) == []


def test_the_name_dialog_has_no_accessibility_violations(site, visit):
    page = visit(site)
    page.goto("/rooms/somewhere/")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []


def test_a_room_can_be_used_by_keyboard_alone(site, visit, room):
    page = visit(site)
    page.goto("/")
    page.keyboard.type("Ana")
    page.keyboard.press("Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(room)
    page.keyboard.press("Enter")
    ana = Guest(page, "Ana")
    ana.is_in()
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    ana.sees("Hello")
    assert set(tab_back_to(page, "[popovertarget=menu]")) == {"solid"}
    page.keyboard.press("Enter")
    dark = page.get_by_label("Dark")
    expect(dark).to_be_visible()
    dark.press("Space")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.keyboard.press("Escape")
    expect(dark).to_be_hidden()


def test_a_chosen_theme_is_kept(guest):
    ana = guest("Ana", color_scheme="light")
    ana.page.get_by_role("button", name="Menu").click()
    ana.page.get_by_label("Dark").check()
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = ana.page.evaluate(ground)
    ana.page.goto("/")
    assert ana.page.evaluate(ground) == dark
    ana.page.get_by_label("System").check()
    ana.page.reload()
    assert ana.page.evaluate(ground) != dark


def test_new_messages_are_read_out_and_history_is_not(guest):
    ana, ben = guest("Ana"), guest("Ben")
    ben.say("history")
    ana.sees("history")
    ana.page.add_init_script(LISTEN)
    ana.page.reload()
    ana.is_in()
    ana.sees("history")
    expect(ana.scroller).to_have_attribute("aria-live", "polite")
    ben.say("news")
    ana.sees("news")
    assert ana.page.evaluate("window.heard") == ["news"]


def test_what_is_in_the_log_already_is_not_put_there_anew(guest):
    ana, ben = guest("Ana"), guest("Ben")
    ben.say("one")
    ana.sees("one")
    ana.page.evaluate(
        """() => {
            window.replaced = [];
            const of = "[data-part=beginning-title], [data-part=time]";
            const note = ({ target }) =>
                target.closest?.(of) && window.replaced.push(target.outerHTML);
            const seen = (records) => records.forEach(note);
            const options = { childList: true, subtree: true };
            new MutationObserver(seen).observe(document.querySelector("[role=log]"), options);
        }"""
    )
    ben.say("two")
    ana.sees("two")
    ana.say("three")
    expect(ana.message("three")).not_to_contain_text("Sending")
    ben.sees("three")
    ben.say("four")
    ana.sees("four")
    assert ana.page.evaluate("window.replaced") == []


def test_reduced_motion_disables_animations(guest):
    ana = guest("Ana", reduced_motion="reduce")
    ana.say("still")
    ana.sees("still")
    expect(ana.message("still")).to_have_css("animation-name", "none")


def test_forced_colours_keep_borders_choices_and_signs_visible(site, visit, room):
    page = visit(site, forced_colors="active")
    page.goto("/")
    ground = style(page, "html", "backgroundColor")
    assert style(page, ".button", "borderTopWidth") == "1px"
    assert style(page, ".button", "borderTopColor") != ground
    Guest(page, "Ana").come_in(room)
    assert style(page, ".composer", "outlineStyle") == "solid"
    assert style(page, ".composer", "outlineColor") != ground
    assert style(page, ".connection", "backgroundColor", "::before") != ground
    page.get_by_role("button", name="Menu").click()
    assert style(page, ".theme :checked + span", "backgroundColor") != ground


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_tell_ones_own_messages_and_what_can_be_sent(guest, scheme):
    """Grounds are taken away there."""
    ana, ben = guest("Ana", forced_colors="active", color_scheme=scheme), guest("Ben")
    ben.say("from Ben")
    ana.say("from Ana")
    ana.sees("from Ben")
    ana.sees("from Ana")
    edges = {
        words: ana.message(words).evaluate("each => getComputedStyle(each).borderInlineStartWidth")
        for words in ("from Ana", "from Ben")
    }
    assert edges == {"from Ana": "1px", "from Ben": "0px"}
    bodies = [ana.message(words).locator(".message-body") for words in edges]
    assert len({body.bounding_box()["x"] for body in bodies}) == 1
    sign = ".composer-send .icon"
    disabled = style(ana.page, sign, "color")
    ana.composer.fill("more")
    expect(ana.page.locator(sign)).not_to_have_css("color", disabled)
    assert style(ana.page, sign, "borderTopWidth") == "1px"
    assert style(ana.page, sign, "backgroundColor") == "rgba(0, 0, 0, 0)"


def style(page: Page, selector: str, name: str, pseudo: str = "") -> str:
    """Return the computed value of a property, with forced colours applied."""
    return page.eval_on_selector(
        selector,
        "(element, [name, pseudo]) => getComputedStyle(element, pseudo)[name]",
        [name, pseudo],
    )
