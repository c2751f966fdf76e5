"""examples/socketio: pages of older chats, with Socket.IO's client in a browser, by two people."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Guest
from tests.browser.websites import Website
from tests.support.servers import ROOT, Server

EXAMPLE = ROOT / "examples" / "socketio"
# ms: docs/reliability.md promises 10 s, for a page that is closed while it changes to a WebSocket.
LEFT_WITHIN = 15_000
WRITTEN = "http://localhost:8000"
ALLOW = """\
from chat.models import Configuration
configuration = Configuration.load()
configuration.allowed_origins = "{}"
configuration.save()
"""


class Visitor:
    """Somebody on one of the pages, who enters a name where it asks for one."""

    def __init__(self, page: Page, name: str):
        self.page, self.name = page, name
        page.on("dialog", lambda dialog: dialog.accept(name))

    def opens(self, address: str) -> "Visitor":
        self.page.goto(address)
        return self

    def enters(self, name: str, room: str) -> None:
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Room").fill(room)
        self.page.get_by_role("button", name="Join").click()

    def says(self, text: str) -> None:
        self.page.get_by_label("Message").fill(text)
        self.page.get_by_role("button", name="Send").click()

    def sees(self, line: str | re.Pattern, within: int | None = None) -> None:
        """Check that a line is shown once, within so many ms."""
        lines = self.page.locator("#lines > li").filter(has_text=line)
        expect(lines).to_have_count(1, timeout=within)

    def sees_people(self, *names: str) -> None:
        expect(self.page.locator("#people > li")).to_have_text(list(names))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Yield the website with the examples, and a chat whose admin has listed it."""
    folder = tmp_path_factory.mktemp("socketio")
    site = Server(folder, CHAT_RATE_LIMITS="off")
    shutil.copytree(EXAMPLE, folder / "pages")
    for page in (folder / "pages").glob("*.html"):
        text = page.read_text()
        assert text.count(WRITTEN) == 2
        page.write_text(text.replace(WRITTEN, site.url))
    with Website(folder / "pages") as website:
        assert " ".join(website.command[1:3]) in (EXAMPLE / "README.md").read_text()
        site.manage("shell", "-c", ALLOW.format(website.url))
        site.start()
        yield website, site
    site.kill()


@pytest.fixture
def open_page(pages, new_context):
    """Return a function that opens a page in a browser of its own."""
    website, _ = pages

    def open_one(name: str, page: str, **options) -> Visitor:
        visitor = Visitor(new_context(locale="en-GB", **options).new_page(), name)
        return visitor.opens(f"{website.url}/{page}")

    return open_one


@pytest.mark.parametrize(
    ("page", "joined", "letter"),
    [("new-user.html", "{} connected", "A"), ("new-user-joined.html", "{} joined the chat", "B")],
)
def test_a_page_that_asks_for_a_name(open_page, page, joined, letter):
    ana = open_page(f"Ana {letter}", page)
    ben = open_page(f"Ben {letter}", page)
    ana.sees(joined.format(ben.name))
    ben.says(f"hello from {page}")
    ana.sees(f"{ben.name}: hello from {page}")
    ben.sees(f"You: hello from {page}")


def test_a_page_that_asks_for_a_name_and_a_room(open_page):
    where = {"latitude": 52.5, "longitude": 13.4}
    ana = open_page("", "create-message.html", geolocation=where, permissions=["geolocation"])
    ben = open_page("", "create-message.html")
    ana.enters("Ana", "chess")
    ana.sees(re.compile(r"^Admin at .+: Welcome to "))
    ben.enters("Ana", "chess")
    ben.sees("Somebody here has that name. How about “Ana 2”?")
    ben.enters("Ben", "chess")
    ana.sees(re.compile(r"^Admin at .+: Ben has joined$"))
    for visitor in (ana, ben):
        visitor.sees_people("Ana", "Ben")
    ana.says("e4")
    for visitor in (ana, ben):
        visitor.sees(re.compile(r"^Ana at \d+:\d+:\d+: e4$"))
    ana.page.get_by_role("button", name="Show where I am").click()
    ben.sees(re.compile(r"^Ana is here: https://\S+52\.5\S+13\.4"))


def test_a_page_without_names_comes_back_after_a_restart(open_page, pages):
    _, site = pages
    ana, ben = (open_page("", "chat-message.html") for _ in range(2))
    ana.says("before the restart")
    for visitor in (ana, ben):
        visitor.sees("before the restart")
    site.kill()
    ben.says("while it was gone")
    site.start()
    for visitor in (ana, ben):
        visitor.sees("while it was gone")
        visitor.sees("before the restart")
    open_page("", "chat-message.html").sees("while it was gone")


def test_a_page_with_a_name_in_its_address(open_page):
    ana = open_page("Ana", "join-room.html?username=Ana&room=Go")
    ana.sees(re.compile(r"^ChatBot at \d+:\d\d [ap]m: Welcome to "))
    ben = open_page("Ben", "join-room.html?username=Ben&room=Go")
    ana.sees(re.compile(r"^ChatBot at .+: Ben has joined$"))
    ana.sees_people("Ana", "Ben")
    ben.says("hello")
    for visitor in (ana, ben):
        visitor.sees(re.compile(r"^Ben at \d+:\d\d [ap]m: hello$"))


def test_every_page_shows_who_leaves(open_page):
    ana = open_page("Ana", "new-user.html")
    bea = open_page("Bea", "new-user-joined.html")
    cid = open_page("", "create-message.html")
    cid.enters("Cid", "lobby")
    eve = open_page("", "join-room.html?username=Eve&room=lobby")
    ben = open_page("Ben", "new-user.html")
    eve.sees("Ben has joined")
    ben.page.close()
    ana.sees("Ben disconnected", LEFT_WITHIN)
    bea.sees("Ben left the chat")
    cid.sees("Ben has left")
    eve.sees("Ben has left")
    for visitor in (cid, eve):
        expect(visitor.page.locator("#people > li", has_text="Ben")).to_have_count(0)


def test_pages_of_all_kinds_talk_in_one_room(open_page, pages, visit):
    _, site = pages
    nora = Guest(visit(site), "Nora")
    nora.come_in("lobby")
    cid = open_page("", "create-message.html")
    cid.enters("Cid", "lobby")
    everybody = [
        open_page("Ann", "new-user.html"),
        open_page("Bea", "new-user-joined.html"),
        cid,
        open_page("", "chat-message.html"),
        open_page("", "join-room.html?username=Eve&room=lobby"),
    ]
    everybody[-1].sees(re.compile("Welcome to"))
    nora.say("from our own page")
    for visitor in everybody:
        visitor.sees("from our own page")
    for number, visitor in enumerate(everybody):
        visitor.says(f"from page {number}")
    for number in range(len(everybody)):
        nora.sees(f"from page {number}")
        for visitor in everybody:
            visitor.sees(f"from page {number}")
