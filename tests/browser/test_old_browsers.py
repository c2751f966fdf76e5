"""Where the page's module cannot run, the page says so, and lets one chat all the same."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import Guest
from tests.support.waiting import wait_until

SENTENCE = "This page could not start. Reload it."
SYNTAX_OF_TOMORROW = "const ONLY_EMOJI = /x/qq;"
THROWS = "await 0; throw new Error('something is missing');"
FAILS = {
    "cannot be parsed": lambda route: route.fulfill(
        body=SYNTAX_OF_TOMORROW, content_type="text/javascript"
    ),
    "throws": lambda route: route.fulfill(body=THROWS, content_type="text/javascript"),
    "imports what is not there": lambda route: route.fulfill(
        body="import { x } from './not-there.js';", content_type="text/javascript"
    ),
    "is missing": lambda route: route.fulfill(status=404, body=""),
    "is blocked": lambda route: route.abort("blockedbyclient"),
    "is no script": lambda route: route.fulfill(body="<p>Sign in to the network</p>"),
}
# What browsers of 2023 have not, or not all of them.
WITHOUT = """
    for (const [owner, name] of [
        [Intl, "Segmenter"], [URL, "canParse"], [Array, "fromAsync"], [Promise, "withResolvers"],
        [Promise, "try"], [Object, "groupBy"], [Map, "groupBy"], [AbortSignal, "any"],
        [Array.prototype, "toSorted"], [Array.prototype, "toReversed"],
        [Array.prototype, "toSpliced"], [Array.prototype, "with"],
        [String.prototype, "toWellFormed"], [String.prototype, "isWellFormed"],
        [Set.prototype, "union"], [Set.prototype, "difference"], [Set.prototype, "intersection"],
        [HTMLElement.prototype, "showPopover"], [HTMLElement.prototype, "hidePopover"],
        [HTMLElement.prototype, "togglePopover"], [HTMLElement.prototype, "popover"],
        [Navigator.prototype, "locks"], [globalThis, "Iterator"], [globalThis, "cookieStore"],
        [globalThis, "URLPattern"], [globalThis, "scheduler"], [globalThis, "navigation"],
    ]) delete owner[name];
    const { RegExp: Pattern } = globalThis;
    globalThis.RegExp = class extends Pattern {
        constructor(source, flags) {
            if (flags?.includes("v")) throw new SyntaxError("Invalid flags");
            super(source, flags);
        }
    };
"""


@pytest.fixture
def broken(site, visit, room):
    """Return a function that opens a room where the page's module is served like that."""

    def open_page(serve, name="Old") -> Guest:
        page = visit(site)
        page.route("**/room*.js", serve)
        page.goto("/rooms/" + room.replace(" ", "-") + "/")
        return Guest(page, name)

    return open_page


@pytest.mark.parametrize("serve", FAILS.values(), ids=FAILS)
def test_a_page_whose_module_does_not_run_says_so(serve, broken, complaints):
    old = broken(serve)
    expect(old.page.get_by_role("alert").filter(has_text=SENTENCE)).to_be_visible()
    expect(old.page.locator(".connection")).to_have_attribute("title", "Not connected")
    expect(old.composer).to_be_hidden()
    expect(old.page.get_by_role("dialog")).to_be_hidden()
    complaints.clear()


@pytest.mark.parametrize("serve", FAILS.values(), ids=FAILS)
def test_a_first_page_whose_module_does_not_run_says_so(serve, site, visit, room, complaints):
    page = visit(site)
    page.route("**/front*.js", serve)
    page.goto("/")
    expect(page.get_by_role("alert").filter(has_text=SENTENCE)).to_be_visible()
    page.get_by_label("Your name").fill("Old")
    page.get_by_label("Room", exact=True).fill(room)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    complaints.clear()


# What is kept of the composer before a module runs.
EARLY = """() => Object.keys(sessionStorage)
    .filter((key) => key.startsWith("chat:early")).map((key) => sessionStorage.getItem(key))"""


def test_who_has_an_old_browser_can_chat_in_plain_text(guest, broken, complaints):
    ana = guest("Ana")
    old = broken(FAILS["cannot be parsed"])
    old.page.once("dialog", lambda dialog: dialog.accept("Old"))
    old.page.get_by_role("button", name="Chat in plain text").click()
    expect(old.page.get_by_text("* You joined")).to_be_visible()
    ana.say("<b>hello</b>")
    expect(old.page.get_by_text("Ana: <b>hello</b>")).to_be_visible()
    old.say("from long ago")
    ana.sees("from long ago")
    expect(old.page.get_by_text("You: from long ago")).to_have_count(1)
    expect(old.composer).to_have_value("")
    # What was sent does not come back with a reload.
    assert old.page.evaluate(EARLY) == [""]
    complaints.clear()


def test_the_page_works_in_a_browser_of_2023(site, visit, room):
    page = visit(site)
    page.add_init_script(WITHOUT)
    ana = Guest(page, "ána")
    ana.come_in(room)
    ana.say("👍🏽 https://example.com/a")
    ana.say("👍🏽")
    ana.sees("👍🏽")
    expect(page.locator(".message-body.large")).to_have_text("👍🏽")
    expect(page.locator(".message .initial").first).to_have_text("Á")
    expect(page.get_by_role("link", name="https://example.com/a")).to_be_visible()
    page.get_by_role("link", name="All rooms").click()
    expect(page.get_by_role("link", name=room)).to_contain_text("here", timeout=10_000)


def test_nothing_is_said_where_the_page_runs(site, visit, guest, complaints):
    front = visit(site)
    front.goto("/")
    expect(front.locator("html")).to_have_attribute("data-page", "running")
    expect(front.locator("[data-part=trouble]")).to_be_hidden()
    ana = guest("Ana")
    expect(ana.page.locator("[data-part=trouble]")).to_be_hidden()
    ana.page.evaluate("setTimeout(() => { throw new Error('later'); })")
    ana.say("still here")
    ana.sees("still here")
    expect(ana.page.locator("[data-part=trouble]")).to_be_hidden()
    complaints.clear()


def test_a_module_that_comes_late_takes_over(site, visit, room):
    page = visit(site)
    page.clock.install()
    held = []
    page.route("**/room*.js", lambda route: held.append(route))
    page.goto("/rooms/late/", wait_until="commit")
    trouble = page.locator("[data-part=trouble]")
    expect(trouble).to_be_attached()
    expect(trouble).to_be_hidden()

    def is_overdue() -> bool:
        """Advance time by more than the page waits for; when it begins to wait cannot be seen."""
        page.clock.run_for(31_000)
        return trouble.is_visible()

    wait_until(is_overdue, "the words that the page did not start", 10)
    held[0].continue_()
    late = Guest(page, "Late")
    late.answer_name("Late")
    page.clock.resume()
    late.is_in()
    expect(trouble).to_be_hidden()
    expect(late.composer).to_be_visible()
