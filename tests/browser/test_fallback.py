"""The fallback transports work through proxies that let no WebSocket through."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import ADMIN_PASSWORD, Guest
from tests.support.nginx import GATHERS, Nginx

FORBIDDEN = "location /ws/ { return 403; }"

SIMPLER = "Connected. Messages may take a moment longer."
WITHIN = 15_000  # ms: all transports are tried, and those that fail take a while
FOUND = "sessionStorage.getItem('chat:transport')"


@pytest.fixture
def complaints(complaints):
    """Yield the list, without the errors for refused WebSockets, which are expected here."""
    yield complaints
    complaints[:] = [each for each in complaints if not each.startswith("WebSocket connection")]


@pytest.fixture
def server(request, serve):
    """Return a server without rate limits: bin/serve, or the program in the test's parameter."""
    program = getattr(request, "param", "serve")
    return serve(program, admins=("admin", "mara"), CHAT_RATE_LIMITS="off")


@pytest.fixture
def behind(needs, server):
    """Yield a function that starts a proxy before the server."""
    proxies = []

    def start(more: str = "", locations: str = "") -> Nginx:
        proxy = Nginx(needs("nginx"), server.url, more, locations)
        proxies.append(proxy)
        proxy.start()
        return proxy

    yield start
    for proxy in proxies:
        proxy.kill()


def come_in(page: Page, name: str, room: str) -> Guest:
    guest = Guest(page, name)
    guest.knock(room)
    expect(page.get_by_text("You joined")).to_be_visible(timeout=WITHIN)
    return guest


def is_connected(page: Page, words: str) -> None:
    """Check the text of the connection's sign in the header, also for screen readers."""
    sign = page.locator("[data-part=connection]")
    expect(sign).to_have_attribute("title", words)
    expect(sign).to_have_text(words)


def talk(ana: Guest, ben: Guest) -> None:
    for speaker, listener in ((ana, ben), (ben, ana), (ana, ben)):
        text = f"{speaker.name} to {listener.name}"
        speaker.say(text)
        for guest in (speaker, listener):
            expect(guest.message(text).last).to_be_visible()


@pytest.mark.parametrize(
    ("server", "more", "locations", "transport"),
    [
        ("serve", "", "", "events"),
        ("runserver", "", FORBIDDEN, "events"),
        ("serve", GATHERS, FORBIDDEN, "poll"),
        ("runserver", GATHERS, "", "poll"),
    ],
    ids=["no upgrades", "refuses sockets", "refuses and gathers", "gathers"],
    indirect=["server"],
)
def test_a_client_without_a_websocket_joins_sends_and_leaves(
    server, behind, visit, room, more, locations, transport
):
    proxy = behind(more, locations)
    ben = come_in(visit(server), "Ben", room)
    ana = come_in(visit(proxy), "Ana", room)
    expect(ben.page.get_by_text("Ana connected")).to_be_visible()
    is_connected(ana.page, SIMPLER)
    is_connected(ben.page, "Connected")
    for guest, is_told in ((ana, True), (ben, False)):
        guest.page.get_by_role("button", name="Menu").click()
        told = guest.page.get_by_role("region", name="Menu").get_by_text(SIMPLER)
        expect(told).to_be_visible(visible=is_told)
        guest.page.keyboard.press("Escape")
    assert ana.page.evaluate(FOUND) == f'"{transport}"'
    talk(ana, ben)
    ana.page.close()
    expect(ben.page.get_by_text("Ana disconnected")).to_be_visible(timeout=12_000)


def test_a_reload_uses_the_transport_that_was_found(server, behind, visit, room):
    proxy = behind(locations=FORBIDDEN)
    page = visit(proxy)
    ana = come_in(page, "Ana", room)
    ana.say("before")
    ana.sees("before")
    tried = []
    page.on("websocket", lambda socket: tried.append(socket.url))
    page.reload()
    expect(page.get_by_text("You joined")).to_be_visible()
    ana.sees("before")
    is_connected(page, SIMPLER)
    assert tried == []


def test_a_member_writes_without_a_websocket(server, behind, visit, room):
    proxy = behind(locations=FORBIDDEN)
    ben = come_in(visit(server), "Ben", room)
    page = visit(proxy)
    page.goto("/accounts/login/?next=/")
    page.get_by_label("Username").fill("mara")
    page.get_by_label("Password").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"/rooms/{ben.page.url.rstrip('/').rpartition('/')[2]}/")
    expect(page.get_by_text("You joined")).to_be_visible(timeout=WITHIN)
    mara = Guest(page, "mara")
    mara.say("with my own name")
    mara.sees("with my own name")
    ben.sees("with my own name")


def test_a_change_to_a_websocket_loses_and_repeats_nothing(server, behind, visit, room):
    proxy = behind(locations=FORBIDDEN)
    ben = come_in(visit(server), "Ben", room)
    page = visit(proxy)
    page.clock.install()
    ana = come_in(page, "Ana", room)
    is_connected(page, SIMPLER)
    proxy.let_upgrades_through()
    said = []
    for _ in range(3):
        # 25 s each, in which events are received: no connection is considered dead.
        page.clock.fast_forward(25_000)
        for guest in (ana, ben):
            said.append(f"{guest.name} {len(said)}")
            guest.say(said[-1])
            ana.sees(said[-1])
    is_connected(page, "Connected")
    for number in range(3):
        for guest in (ben, ana):
            said.append(f"afterwards {guest.name} {number}")
            guest.say(said[-1])
    for guest in (ana, ben):
        guest.sees(said[-1])
        expect(guest.page.locator(".message-body")).to_have_count(len(said))
    assert sorted(ana.page.locator(".message-body").all_inner_texts()) == sorted(said)
    expect(ben.page.get_by_text(re.compile("Ana disconnected"))).to_have_count(0)
    assert page.evaluate(FOUND) is None
