"""Take the picture in the README: python -m tests.browser.screenshot

It shows people who talk in a room of a new site, in the fonts of this machine: install Noto Sans
and Noto Color Emoji first, so that they are those of a common one. People get their colours by
chance: take it again where two are alike.
"""

import os
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Guest, finish_animations
from tests.support import shared
from tests.support.programs import chromium_path
from tests.support.servers import ROOT, Server

PICTURE = ROOT / "docs" / "screenshot.png"
ROOM = "Chess Club"
PASSWORD = "only for the picture"
# At one and a half times its size, so that it is sharp on most screens.
LOOK = {"viewport": {"width": 1280, "height": 760}, "device_scale_factor": 1.5}

PREPARE = f"""
from django.contrib.auth import get_user_model
from chat.models import Room
get_user_model().objects.create_user("Ana", password={PASSWORD!r})
Room.objects.create(slug="chess-club", name={ROOM!r}, topic="Saturday games, and what we learn")
"""
TALK = (
    ("Ana", "Morning! The board is set up, who plays white today?"),
    ("Ion", "You do. I lost the toss last week, remember"),
    ("Ion", "https://example.org/openings/ruy-lopez in case you want a hint 😄"),
    ("Mira", "I will take notes and keep the clock"),
    ("Ana", "Deal. First move at ten then"),
    ("Mira", "👍"),
)


def main() -> None:
    shared.begin()
    try:
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            server = Server(Path(folder), CHAT_RATE_LIMITS="off")
            server.manage("shell", "--verbosity=0", "--command", PREPARE)
            server.start()
            try:
                browser = playwright.chromium.launch(
                    executable_path=chromium_path(),
                    args=["--no-sandbox"] if os.geteuid() == 0 else [],
                )
                take(browser, server.url)
            finally:
                server.kill()
    finally:
        shared.end()


def take(browser: Browser, url: str) -> None:
    """Make people talk, one of them a member, and write what she sees to PICTURE."""
    people = {"Ana": sign_in(browser, url)}
    for name in ("Ion", "Mira"):
        people[name] = Guest(browser.new_context(base_url=url).new_page(), name)
        people[name].come_in(ROOM)
    for name, text in TALK:
        people[name].say(text)
        for person in people.values():
            person.sees(text)
    people["Ion"].composer.press_sequentially("Good luck, both of you")
    ana = people["Ana"].page
    ana.get_by_text("Ion is typing").wait_for()
    finish_animations(ana)
    ana.screenshot(path=PICTURE)


def sign_in(browser: Browser, url: str) -> Guest:
    """Return Ana, with her account, in the room."""
    page = browser.new_context(base_url=url, locale="en-GB", **LOOK).new_page()
    page.goto("/accounts/login/?next=/rooms/chess-club/")
    page.get_by_label("Username").fill("Ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    ana = Guest(page, "Ana")
    ana.is_in()
    return ana


if __name__ == "__main__":
    main()
