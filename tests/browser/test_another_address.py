"""A site that moves to another address takes its open pages, and what they have not sent, along."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import expect

from tests.browser.people import ADMIN_PASSWORD, Guest
from tests.support.servers import Server

STORED_TOKEN = """
    Object.entries(localStorage)
        .filter(([key]) => key.endsWith(" chat:guest"))
        .map(([, value]) => JSON.parse(value).token)[0]
"""


@pytest.fixture
def moving(tmp_path):
    """Yield the site at its former address, and a function that moves it to another."""
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/moving.db", "CHAT_RATE_LIMITS": "off"}
    former, latter = Server(tmp_path, **database), Server(tmp_path, **database)
    redirects = []

    def move() -> Server:
        former.kill()
        latter.start()
        redirects.append(redirect_server(former.port, latter.url))
        return latter

    former.start()
    yield former, move
    former.kill()
    latter.kill()
    for each in redirects:
        each.shutdown()
        each.server_close()


def redirect_server(port: int, to: str) -> ThreadingHTTPServer:
    class Redirect(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(HTTPStatus.MOVED_PERMANENTLY)
            self.send_header("Location", to + self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Redirect)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_an_open_page_goes_to_the_new_address_with_what_is_unsent(moving, visit, room, complaints):
    former, move = moving
    ana = Guest(visit(former), "Ana")
    ana.come_in(room)
    # What looks for another address is loaded last.
    expect(ana.page.locator("[data-part=you]")).not_to_have_attribute("hidden", "")
    ana.page.context.set_offline(True)
    latter = move()
    ana.say("not sent, 100 %")
    ana.composer.press_sequentially("not finished")
    ana.page.context.set_offline(False)
    expect(ana.banner).to_contain_text("This address leads to another one now.", timeout=40_000)
    token = ana.page.evaluate(STORED_TOKEN)
    requests = []
    ana.page.on("request", lambda request: requests.append(str(request.headers)))
    ana.banner.get_by_role("link", name="Go there").click()
    ana.answer_name("Ana")
    ana.is_in()
    assert ana.page.url.startswith(f"{latter.url}/rooms/")
    assert ana.page.url.endswith("/")
    expect(ana.composer).to_have_value("not sent, 100 %\nnot finished")
    expect(ana.messages).to_have_count(0)
    assert token
    assert not any(token in headers for headers in requests)
    complaints.clear()


def test_what_was_handed_over_outlives_signing_in(site, visit):
    page = visit(site)
    page.goto(
        "/rooms/handed-over/?moved#unsent=" + '%7B"origin":"http://old","unsent":["words"]%7D'
    )
    page.get_by_role("dialog").get_by_role("link", name="Sign in", exact=True).click()
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Start this room").click()
    admin = Guest(page, "admin")
    admin.is_in()
    expect(admin.composer).to_have_value("words")
