"""Valid HTML, by the Nu checker: as it is sent, and as scripts have made it. One run checks all."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.error_pages import error_pages
from tests.browser.people import Admin

SENT = (
    "/",
    "/rooms/nowhere/",
    "/accounts/login/",
    "/nothing/",
    "/api/docs/",
    "/admin/login/",
    "/invitations/wrong/",
)
ADMIN = (
    *("/admin/", "/admin/chat/message/", "/admin/chat/person/", "/admin/chat/room/add/"),
    *("/admin/chat/configuration/1/change/", "/admin/password_change/"),
)
# A table in Django's own pages, and words that people wrote and are kept as they are.
IGNORED = re.compile(r"A table row was 2 columns wide|not in Unicode Normalization Form C")


@pytest.fixture
def check(needs, tmp_path):
    """Return a function that checks pages by their names; it returns what is wrong with them."""
    java, checker = needs("Java"), needs("the Nu checker")

    def run(pages: dict[str, str]) -> list[str]:
        for name, text in pages.items():
            (tmp_path / f"{re.sub(r'[^a-z0-9]+', '-', name)}.html").write_text(text)
        files = sorted(map(str, tmp_path.glob("*.html")))
        assert len(files) == len(pages)
        command = [java, "-jar", checker, "--exit-zero-always", "--format", "json", "--stdout"]
        done = subprocess.run([*command, *files], capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)["messages"]
        return [line_of(each) for each in found if not IGNORED.search(each["message"])]

    return run


def line_of(found: dict) -> str:
    return f"{Path(found['url']).stem}: {found['message']} {found.get('extract', '')}"


def test_every_page_is_valid(site, visit, guest, room, check, complaints):
    pages = dict(error_pages())
    ana = guest("Ana")
    ana.say("Look at https://example.org\nand שלום")
    ana.sees("Look at https://example.org\nand שלום")
    pages["room after scripts"] = ana.page.content()
    ana.page.goto("/")
    expect(ana.page.get_by_role("link", name=room)).to_be_visible()
    pages["front after scripts"] = ana.page.content()
    for address in SENT:
        pages[f"sent {address}"] = site.get(address)[1]
    page = visit(site)
    page.goto("/")
    page.get_by_role("button", name="Join").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    pages["front with errors"] = page.content()
    Admin(page)
    for address in ADMIN:
        pages[address] = page.request.get(address).text()
    assert check(pages) == []


def test_the_checker_finds_what_is_invalid(check):
    broken = "<!doctype html><html lang=en><title>x</title><h1></h1><time></time>"
    assert len(check({"broken": broken})) >= 2
