"""A browser's own EventSource, of a member who is signed in, receives events and resumes."""

import httpx
import pytest
from playwright.sync_api import Page

from tests.support.recipes import recipes
from tests.support.relay import Relay
from tests.support.servers import ADMIN_PASSWORD, Server
from tests.support.waiting import wait_until

RECIPES = recipes("recipes.md")
LISTEN = """
    window.heard = [];
    window.source = new EventSource("/api/v1/rooms/lobby/events");
    for (const type of ["joined", "message", "error"]) {
        window.source.addEventListener(type, ({ data, lastEventId }) => {
            if (data) window.heard.push({ lastEventId, ...JSON.parse(data) });
        });
    }
"""


@pytest.fixture
def server(serve) -> Server:
    return serve(admins=("admin", "mara"))


@pytest.fixture
def relay(server):
    """Yield the relay between the browser and the server."""
    with Relay(server.url) as relay:
        yield relay


@pytest.fixture
def mara(relay, visit, complaints) -> Page:
    """Yield a page of the site, at which Mara is signed in and follows the lobby."""
    page = visit(relay)
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill("mara")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    page.evaluate(LISTEN)
    yield page
    page.evaluate("window.source.close()")
    # A browser logs an error for each request without a response.
    complaints[:] = [each for each in complaints if not each.startswith("Failed to load")]


class Ion:
    """A guest who posts to the server directly, without the relay."""

    def __init__(self, server: Server):
        self._url = f"{server.url}/api/v1"
        guest = httpx.post(f"{self._url}/guests", json={"name": "Ion"}).raise_for_status().json()
        self._headers = {"Authorization": f"Bearer {guest['token']}"}

    def says(self, body: str) -> None:
        message = {"id": body, "body": body}
        address = f"{self._url}/rooms/lobby/messages"
        httpx.post(address, json=message, headers=self._headers).raise_for_status()


def heard(page: Page, type: str, count: int) -> list[dict]:
    """Wait until so many events of a type were received; return them."""

    def enough() -> list[dict] | None:
        events = page.evaluate("window.heard")
        found = [event for event in events if event["type"] == type]
        return found if len(found) >= count else None

    return wait_until(enough, f"the {count}. {type}", 20)


def bodies(page: Page) -> list[str]:
    """Return the texts received since the beginning, on joining and afterwards, in their order."""
    told = []
    for event in page.evaluate("window.heard"):
        messages = event["messages"] if event["type"] == "joined" else [event["message"]]
        told += [message["body"] for message in messages]
    return told


def test_it_receives_events_as_the_signed_in_member(server, mara):
    (joined,) = heard(mara, "joined", 1)
    assert [(user["name"], user["kind"]) for user in joined["members"]] == [("mara", "member")]
    ion = Ion(server)
    ion.says("hello")
    (told,) = heard(mara, "message", 1)
    assert told["message"]["body"] == "hello"
    assert told["lastEventId"] == f"{joined['room']['epoch']}:{told['version']}"


def test_it_resumes_where_its_connection_was_cut(server, relay, mara):
    ion = Ion(server)
    heard(mara, "joined", 1)
    ion.says("before")
    heard(mara, "message", 1)
    relay.cut()
    ion.says("meanwhile")
    wait_until(lambda: relay.sent_away, "another try of the browser's")
    relay.mend()
    _, again = heard(mara, "joined", 2)
    assert (again["reset"], [m["body"] for m in again["messages"]]) == (False, ["meanwhile"])
    ion.says("after")
    heard(mara, "message", 2)
    assert bodies(mara) == ["before", "meanwhile", "after"]


@pytest.mark.parametrize("end", ["terminate", "kill"])
def test_it_resumes_at_another_process_of_the_server(server, relay, mara, end):
    heard(mara, "joined", 1)
    ion = Ion(server)
    ion.says("before")
    heard(mara, "message", 1)
    getattr(server, end)()
    relay.cut()
    server.start()
    ion.says("meanwhile")
    relay.mend()
    _, again = heard(mara, "joined", 2)
    assert (again["reset"], [m["body"] for m in again["messages"]]) == (False, ["meanwhile"])
    ion.says("after")
    heard(mara, "message", 2)
    assert bodies(mara) == ["before", "meanwhile", "after"]


def test_it_ends_for_good_when_the_member_signs_out_elsewhere(mara):
    heard(mara, "joined", 1)
    tab = mara.context.new_page()
    tab.goto("/")
    tab.get_by_role("button", name="Sign out").click()
    (error,) = heard(mara, "error", 1)
    assert error["code"] == "unauthorized"
    closed = "window.source.readyState === EventSource.CLOSED"
    wait_until(lambda: mara.evaluate(closed), "the end of the stream")
    assert len(heard(mara, "joined", 1)) == 1


def test_the_recipe_for_a_page_of_the_site_has_all_over_two_restarts(server, relay, mara):
    """The second time the browser gets an error page, and gives up by itself."""
    [recipe] = RECIPES["A page of the site itself"]
    shown: list[str] = []
    mara.on("console", lambda message: message.type == "log" and shown.append(message.text))
    mara.evaluate("window.source.close()")
    mara.evaluate(recipe)
    ion = Ion(server)

    def said(body: str) -> None:
        # Playwright passes on what the page logs while it is talked to.
        wait_until(lambda: mara.evaluate("1") and f"Ion: {body}" in shown, body, 20)

    ion.says("before")
    said("before")
    relay.cut()
    server.kill()
    server.start()
    ion.says("meanwhile")
    relay.mend()
    said("meanwhile")
    with mara.context.expect_event("response", lambda response: response.status == 502):
        mara.route("**/events*", lambda route: route.fulfill(status=502, body="Bad Gateway"))
        server.kill()
        relay.cut()
        server.start()
        relay.mend()
    ion.says("behind an error page")
    mara.unroute("**/events*")
    said("behind an error page")
    ion.says("after")
    said("after")
    assert shown == [
        f"Ion: {body}" for body in ("before", "meanwhile", "behind an error page", "after")
    ]
