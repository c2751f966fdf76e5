"""Fixtures of the browser tests: a site with its own server, guests, and console messages."""

import os
from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.people import Guest
from tests.support import shared
from tests.support.servers import Server

numbers = count(1)
# What a browser logs of each request while a test takes its network away.
OFFLINE = "ERR_INTERNET_DISCONNECTED"
# A test keeps a core busy: three at a time on two cores take a quarter less time than five.
AT_ONCE = len(os.sched_getaffinity(0)) + 1
# The timeout for what should happen at once, in ms; several browsers share the processors. A test
# of a promised time states its own timeout.
expect.set_options(timeout=10_000)


@pytest.fixture(autouse=True)
def turn() -> Iterator[None]:
    """Yield once fewer than AT_ONCE browser tests run, whatever the number of processes."""
    with shared.turn("browser", AT_ONCE):
        yield


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Yield a running site without rate limits, shared by the tests: each has its own rooms."""
    server = Server(tmp_path_factory.mktemp("site"), admins=("admin",), CHAT_RATE_LIMITS="off")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def base_url() -> None:
    """Return no common address: every visit names its site."""


@pytest.fixture
def room(request) -> str:
    """Return the name of a room for this test alone."""
    words = request.node.originalname.removeprefix("test_").replace("_", " ")
    return f"{words[:60].strip()} {next(numbers)}"


@pytest.fixture
def complaints():
    """Yield the list of errors and warnings in all consoles; it must be empty at the end."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def visit(new_context, complaints):
    """Return a function that opens a separate browser on a site, and returns its page."""

    def open_page(site, locale="en-GB", **options):
        context = new_context(base_url=site.url, locale=locale, **options)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning")
                and OFFLINE not in message.text
                and complaints.append(message.text)
            ),
        )
        return page

    return open_page


@pytest.fixture(scope="session")
def address_of(site):
    """Return a function that returns the path of a room's page, and creates the room."""
    with httpx.Client(base_url=f"{site.url}/api/v1") as api:
        created = api.post("/guests", json={"name": "Opens rooms"}).raise_for_status()
        api.headers["Authorization"] = f"Bearer {created.json()['token']}"

        def address(name: str) -> str:
            room = api.post("/rooms", json={"name": name}).raise_for_status()
            return f"/rooms/{room.json()['slug']}/"

        yield address


@pytest.fixture
def guest(site, visit, room, address_of):
    """Return a function that lets a guest join a room, the test's own, by its address.

    Through the first page, as `Guest.come_in`, it takes half as long again.
    """

    def come_in(name: str, room: str = room, **options) -> Guest:
        guest = Guest(visit(site, **options), name)
        guest.page.goto(address_of(room))
        guest.answer_name(name)
        guest.is_in()
        return guest

    return come_in


@pytest.fixture
def ana(guest) -> Guest:
    return guest("Ana")


@pytest.fixture
def ben(ana, guest) -> Guest:
    return guest("Ben")
