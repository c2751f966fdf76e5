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
from chat import log
from chat.access import identity
from chat.models import Membership, Room
users = get_user_model().objects
ana, mira, tom = (
    identity.member_of(users.create_user(name, password={PASSWORD!r}))
    for name in ("Ana", "Mira", "Tom")
)
Room.objects.create(slug="chess-club", name={ROOM!r}, topic="Saturday games, and what we learn")
lobby = Room.objects.get(slug="lobby")
board = log.create_private_room("Tournament board", ana, [mira])
direct = log.create_direct_room([ana, tom])
Membership.objects.create(room=lobby, person=ana)
print(board.slug, direct.slug)
"""
TALK = (
    ("Mira", "Morning! The board is set up, who plays white today?"),
    ("Ana", "Ion does. I lost the toss last week"),
    ("Ion", "https://example.org/openings/ruy-lopez in case you want a hint 😄"),
    ("Mira", "I take **notes**, in the usual way: `1. e4 e5 2. Nf3 Nc6`"),
)


def main() -> None:
    shared.begin()
    try:
        with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
            server = Server(Path(folder), CHAT_RATE_LIMITS="off")
            prepared = server.manage("shell", "--verbosity=0", "--command", PREPARE)
            server.start()
            try:
                browser = playwright.chromium.launch(
                    executable_path=chromium_path(),
                    args=["--no-sandbox"] if os.geteuid() == 0 else [],
                )
                take(browser, server.url, *prepared.split())
            finally:
                server.kill()
    finally:
        shared.end()


def take(browser: Browser, url: str, board: str, direct: str) -> None:
    """Make people talk, and write what one of them, a member, sees to PICTURE."""
    sign_in(browser, url, "Mira", board).say("The hall is ours in May")
    sign_in(browser, url, "Tom", direct).say("Can I bring my sister?")
    ana, mira = (sign_in(browser, url, name) for name in ("Ana", "Mira"))
    ion = Guest(browser.new_context(base_url=url).new_page(), "Ion")
    ion.come_in(ROOM)
    people = {each.name: each for each in (ana, mira, ion)}
    for name, text in TALK:
        people[name].say(text)
        for person in people.values():
            person.messages.nth(TALK.index((name, text))).wait_for()
    choose(ana, 3, "Reply")
    ana.say("Thank you, that will help at the *tournament*")
    mira.messages.nth(4).wait_for()
    for person in (mira, ion):
        choose(person, 4, "React")
        person.page.get_by_role("dialog").get_by_role("button", name="thumbs up").first.click()
    ana.page.locator(".chip", has_text="2").wait_for()
    ion.composer.press_sequentially("Good luck, both of you")
    ana.page.get_by_text("Ion is typing").wait_for()
    ana.page.mouse.move(5, 5)
    finish_animations(ana.page)
    ana.page.screenshot(path=PICTURE)


def choose(person: Guest, number: int, action: str) -> None:
    """Choose an action from the bar of a message, with the mouse."""
    person.messages.nth(number).hover()
    person.page.get_by_role("toolbar").get_by_role("button", name=action).click()


def sign_in(browser: Browser, url: str, name: str, room: str = "chess-club") -> Guest:
    """Return somebody with an account, in the room."""
    page = browser.new_context(base_url=url, locale="en-GB", **LOOK).new_page()
    page.goto(f"/accounts/login/?next=/rooms/{room}/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    member = Guest(page, name)
    member.is_in()
    return member


if __name__ == "__main__":
    main()
