"""What a first visit weighs, and the part of the room's page that is loaded later."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Guest, said
from tests.support.waiting import wait_until

# All bytes on the line, with the headers: the room's script was 55,600 of them. The page's name and
# its tokens make up to 50 more or less.
ROOM_BYTES = 76_600
LATER_BYTES = 13_200
# With the rooms that other tests made.
FRONT_BYTES = 19_000
LATER = re.compile(r"/later(\.\w+)?\.js")


class Weight:
    """What the network has transferred for a page since it was opened, by address."""

    def __init__(self, page):
        self.bytes: dict[str, int] = {}
        addresses = {}
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on(
            "Network.requestWillBeSent",
            lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
        )
        devtools.on(
            "Network.loadingFinished",
            lambda event: self.bytes.update(
                {addresses[event["requestId"]]: int(event["encodedDataLength"])}
            ),
        )


@pytest.fixture
def ben(ana, guest):
    """Return somebody who has read a message."""
    ben = guest("Ben")
    said(ana, ben, "one")
    return ben


class Held:
    """The requests for the later part, which wait until they are released."""

    def __init__(self, page: Page):
        self._page = page
        self._routes: list[Route] = []
        page.route(LATER, lambda route: self._routes.append(route))

    def release(self) -> None:
        wait_until(self._has_come, "the request for the later part")
        expect(self._page.get_by_role("dialog")).to_have_count(0)
        [route] = self._routes
        route.continue_()

    def _has_come(self) -> bool:
        # Playwright calls the handler while it waits for something.
        self._page.wait_for_timeout(20)
        return bool(self._routes)


@pytest.fixture
def held(ben) -> Held:
    """Reload the page; the later part does not come until it is released."""
    held = Held(ben.page)
    ben.page.reload()
    ben.is_in()
    return held


def test_a_first_visit_to_a_room_is_light(site, visit, ana):
    page = visit(site)
    weight = Weight(page)
    page.goto(ana.page.url, wait_until="networkidle")
    ben = Guest(page, "Ben")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert 60_000 < sum(weight.bytes.values()) <= ROOM_BYTES, weight.bytes
    assert not any(LATER.search(address) for address in weight.bytes)
    with page.expect_request_finished(lambda request: bool(LATER.search(request.url))):
        ben.answer_name("Ben")
    ben.is_in()
    page.wait_for_load_state("networkidle")
    assert sum(weight.bytes.values()) <= ROOM_BYTES + LATER_BYTES, weight.bytes


def test_a_first_visit_to_the_site_is_light(site, visit):
    page = visit(site)
    weight = Weight(page)
    page.goto("/", wait_until="networkidle")
    assert 10_000 < sum(weight.bytes.values()) <= FRONT_BYTES, weight.bytes


def test_a_press_waits_for_the_part_that_it_needs(ben, held):
    ben.page.get_by_role("button", name="Emoji").click()
    held.release()
    expect(ben.page.get_by_role("dialog", name="Choose an emoji")).to_be_visible()


def test_a_key_waits_for_the_part_that_it_needs(ben, held):
    ben.composer.press("Shift+Tab")
    ben.page.keyboard.press("ArrowUp")
    expect(ben.message("one")).to_be_focused()
    ben.page.keyboard.press("Enter")
    held.release()
    expect(ben.page.get_by_role("dialog", name="Message actions")).to_be_visible()


def test_the_bar_comes_to_the_message_under_the_pointer(ben, held):
    ben.message("one").hover()
    held.release()
    expect(ben.message("one").get_by_role("button", name="Reply", exact=True)).to_be_visible()


def test_what_was_typed_meanwhile_is_completed(ben, held):
    ben.page.keyboard.type("@An")
    held.release()
    expect(ben.page.get_by_role("option", name="Ana")).to_be_visible()
    ben.page.keyboard.press("Enter")
    expect(ben.composer).to_have_value("@Ana ")


def test_marks_wait_for_the_part_that_sets_them(ben, held):
    ben.page.keyboard.type("two")
    ben.page.keyboard.press("Control+a")
    ben.page.keyboard.press("Control+b")
    held.release()
    expect(ben.composer).to_have_value("**two**")


def test_the_link_is_copied_by_a_press_that_came_before(ben, held):
    ben.page.get_by_role("button", name="Menu", exact=True).click()
    ben.page.locator("#menu").get_by_role("button", name="Copy the link").click()
    held.release()
    expect(ben.page.locator(".toast")).to_have_text("Link copied")


def test_a_link_to_a_message_needs_no_later_part(ana, ben, held):
    said(ana, ben, f"{ana.page.url}?at=1")
    ben.page.evaluate("window.isSamePage = true")
    ben.messages.get_by_role("link").click()
    expect(ben.message("one")).to_have_class(re.compile(r"\blit\b"))
    assert ben.page.evaluate("window.isSamePage")


def test_a_theme_that_was_chosen_before_is_taken(ben, held):
    ben.page.get_by_role("button", name="Menu", exact=True).click()
    ben.page.get_by_label("Dark").check()
    held.release()
    expect(ben.page.locator("html")).to_have_attribute("data-theme", "dark")


@pytest.mark.parametrize("comes", ["press", "mouse"])
def test_the_header_unfolds_for_what_came_before(ben, held, comes):
    ben.page.set_viewport_size({"width": 360, "height": 740})
    name = ben.page.get_by_role("heading", level=1)
    name.hover()
    if comes == "press":
        name.click()
        ben.composer.hover()
    held.release()
    expect(ben.page.locator(".header-title")).to_contain_class("unfolded")


def test_an_edit_that_was_not_ended_is_there_without_a_press(ana, room):
    ana.say("one")
    ana.sees("one")
    ana.composer.press("ArrowUp")
    expect(ana.page.get_by_label("Edit message")).to_be_focused()
    ana.page.keyboard.type(" more")
    ana.page.reload()
    expect(ana.page.get_by_label("Edit message")).to_have_value("one more")


class TestWhereItCannotBeLoaded:
    @pytest.fixture
    def complaints(self, complaints):
        """Yield the list, without the errors for requests that failed, as they should."""
        yield complaints
        complaints[:] = [each for each in complaints if "ERR_FAILED" not in each]

    def test_one_is_told_and_the_next_press_tries_again(self, ben):
        ben.page.route(LATER, lambda route: route.abort())
        ben.page.reload()
        ben.is_in()
        emoji = ben.page.get_by_role("button", name="Emoji")
        emoji.click()
        expect(ben.page.locator(".toast")).to_have_text(
            "This could not be loaded. Check your connection, and try again."
        )
        ben.page.unroute(LATER)
        emoji.click()
        expect(ben.page.get_by_role("dialog", name="Choose an emoji")).to_be_visible()
