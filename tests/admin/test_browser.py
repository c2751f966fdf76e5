"""The admin in a real browser, under the site's Content-Security-Policy."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.servers import Server

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"

PREPARE = f"""
from django.contrib.auth import get_user_model
from chat import log
from chat.models import Person, Room
get_user_model().objects.create_superuser("alice", password={PASSWORD!r})
ana = Person.objects.create(name="Ana")
for name, body in [("Chess", "e4"), ("Go", "hane")]:
    room = Room.objects.create(slug=name.lower(), name=name)
    log.commit_writes([log.Draft(room.pk, ana.pk, "first", body)])
"""


@pytest.fixture(scope="session")
def base_url() -> None:
    """Set no base URL: each visit has a full one."""


@pytest.fixture
def server(serve) -> Server:
    server = serve()
    server.manage("shell", "--verbosity=0", "--command", PREPARE)
    return server


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """Return the browser's errors as they occur, violations of the policy included."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_alice_filters_by_room_and_deletes_a_message(server, page, complaints):
    page.goto(f"{server.url}/admin/chat/message/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()

    page.locator("#changelist-filter .select2-selection").first.click()
    page.locator(".select2-search__field").fill("che")
    page.get_by_role("option", name="Chess").click()
    page.get_by_role("button", name="Filter").click()
    rows = page.locator("#result_list tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("e4")

    rows.get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option("delete_messages")
    page.get_by_role("button", name="Go", exact=True).click()
    expect(page.get_by_text("1 message deleted.")).to_be_visible()
    expect(rows.locator(".field-deleted")).to_have_text("Deleted")
    assert complaints == []
