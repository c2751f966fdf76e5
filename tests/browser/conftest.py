"""A site with its own server, people who open its pages, and what their browsers complain about."""

from itertools import count

import pytest

from tests.browser.people import ADMIN_PASSWORD, Guest
from tests.support.servers import Server

numbers = count(1)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A running site without rate limits, shared by the tests: each talks in rooms of its own."""
    server = Server(
        tmp_path_factory.mktemp("site"),
        CHAT_RATE_LIMITS="off",
        DJANGO_SUPERUSER_PASSWORD=ADMIN_PASSWORD,
    )
    server.start()
    server.manage("createsuperuser", "--noinput", "--username=admin", "--email=a@example.org")
    yield server
    server.kill()


@pytest.fixture(scope="session")
def base_url() -> None:
    """No address for all: every visit says which site it goes to."""


@pytest.fixture
def room(request) -> str:
    """A room of the test's own, by what one types for it."""
    words = request.node.originalname.removeprefix("test_").replace("_", " ")
    return f"{words[:60].strip()} {next(numbers)}"


@pytest.fixture
def complaints():
    """What the consoles of all pages complained about; must be empty in the end."""
    complaints: list[str] = []
    yield complaints
    assert complaints == []


@pytest.fixture
def visit(new_context, complaints):
    """A function that opens a browser of somebody's own on a site, and returns its page."""

    def open_page(site, **options):
        context = new_context(base_url=site.url, locale="en-GB", **options)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                message.type in ("error", "warning") and complaints.append(message.text)
            ),
        )
        return page

    return open_page


@pytest.fixture
def guest(site, visit, room):
    """A function that lets a guest come into the test's room through the first page."""

    def come_in(name: str, **options) -> Guest:
        guest = Guest(visit(site, **options), name)
        guest.come_in(room)
        return guest

    return come_in
