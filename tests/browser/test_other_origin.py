"""examples/other-origin: a page of another website can chat once the admin has listed it."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Admin, Guest
from tests.browser.websites import Website
from tests.support.servers import ROOT
from tests.support.services import free_port

EXAMPLE = ROOT / "examples" / "other-origin"
WRITTEN = "http://localhost:8000"


class Visitor:
    """Somebody on the page of the other website, who enters a name in each of its dialogs."""

    def __init__(self, page: Page, website: Website, name: str):
        self.page = page
        page.on("dialog", lambda dialog: dialog.accept(name))
        page.goto(website.url)

    @property
    def words(self) -> Locator:
        return self.page.get_by_role("status")

    def say(self, text: str) -> None:
        self.page.get_by_label("Message").fill(text)
        self.page.get_by_role("button", name="Send").click()

    def sees(self, line: str) -> None:
        """Check that a message is shown once."""
        expect(self.page.get_by_role("listitem").filter(has_text=line)).to_have_count(1)


@pytest.fixture
def website(site, tmp_path) -> Iterator[Website]:
    """Yield the example, started as in its README, with the test's chat as its address."""
    folder = tmp_path / "website"
    shutil.copytree(EXAMPLE, folder)
    page = folder / "index.html"
    text = page.read_text()
    assert text.count(WRITTEN) == 1
    page.write_text(text.replace(WRITTEN, site.url))
    with Website(folder) as website:
        assert " ".join(website.command[1:3]) in (EXAMPLE / "README.md").read_text()
        yield website


@pytest.fixture
def stranger(new_context, website):
    """Return a visitor whose console is not checked: a refused socket logs an error there."""
    return Visitor(new_context().new_page(), website, "Ana")


def test_an_unlisted_website_shows_advice_and_connects_once_listed(
    site, website, stranger, visit, complaints
):
    expect(stranger.words).to_have_text(
        f"This chat does not know {website.url} yet. An admin can add it under "
        "Configuration → Allowed origins."
    )
    Admin(visit(site)).save("configuration/1/change", allowed_origins=website.url)
    stranger.page.reload()
    expect(stranger.words).to_have_text("Connected as Ana.")

    ion = Guest(visit(site), "Ion")
    ion.come_in("lobby")
    stranger.say("hello from the other website")
    ion.sees("hello from the other website")
    ion.say("hello from here")
    stranger.sees("Ana hello from the other website")
    stranger.sees("Ion hello from here")

    Admin(visit(site)).save("configuration/1/change", allowed_origins="")
    assert complaints == []


def test_a_taken_name_is_asked_for_again(site, website, visit):
    Admin(visit(site)).save("configuration/1/change", allowed_origins=website.url)
    Guest(visit(site), "Nora").come_in("lobby")
    page = visit(site)
    questions = []

    def answer(dialog):
        questions.append(dialog.message)
        dialog.accept("Nora" if len(questions) == 1 else dialog.default_value)

    page.on("dialog", answer)
    page.goto(website.url)
    expect(page.get_by_role("status")).to_have_text(re.compile(r"^Connected as Nora.+\.$"))
    assert len(questions) == 2


def test_a_page_reports_that_the_chat_does_not_respond(website, tmp_path, new_context):
    page = new_context().new_page()
    index = tmp_path / "website" / "index.html"
    nowhere = f"http://127.0.0.1:{free_port()}/"
    index.write_text(re.sub(r"http://[\d.:]+/", nowhere, index.read_text()))
    page.goto(website.url)
    expect(page.get_by_role("status")).to_contain_text("The chat does not answer")
