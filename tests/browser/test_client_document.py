"""docs/client.md: its pages work unchanged, on another website that the admin has listed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Admin
from tests.browser.websites import Website
from tests.support.recipes import Bench, recipes
from tests.support.wire import Wire

PAGES = recipes("client.md", "html")
NO_ICON = '<link rel="icon" href="data:,">\n'


@pytest.fixture
def website(site, visit, tmp_path):
    """Yield a website with the pages, which the test's chat allows as an origin."""
    for title, (code,) in PAGES.items():
        page = NO_ICON + code.replace(Bench.ADDRESS, site.url)
        (tmp_path / f"{title}.html").write_text(page)
    with Website(tmp_path) as website:
        Admin(visit(site)).save("configuration/1/change", allowed_origins=website.url)
        yield website


@pytest.fixture
def open_page(site, visit, website):
    """Return a function that opens a page by its title."""

    def go(title: str):
        page = visit(site)
        page.goto(f"{website.url}/{title}.html")
        return page

    return go


def test_every_page_of_the_document_is_run():
    assert set(PAGES) == {"A script tag", "A module"}


def test_a_page_with_a_script_tag_sends_and_receives(site, open_page):
    with Wire(site.ws_url) as ion:
        ion.enter("Ion")
        page = open_page("A script tag")
        page.get_by_label("Message").fill("hello from a script tag")
        page.get_by_role("button", name="Send").click()
        assert ion.message("hello from a script tag")["author"]["name"] == "Ana"
        ion.send("hello, script tag")
        expect(page.get_by_role("listitem").last).to_have_text("Ion: hello, script tag")


def test_a_page_with_a_module_connects(open_page):
    page = open_page("A module")
    expect(page.get_by_role("paragraph")).to_have_text(re.compile(r"^[1-9]\d* in [Ll]obby$"))
