"""Reloads, other tabs and lost connections: no message is lost and everybody stays the same."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import Guest, choose


class Line:
    """The connection between a page and its server, which a test can cut and mend."""

    def __init__(self, page):
        self._up = True
        self._sockets = []
        self.refuse = None
        page.route_web_socket("**/ws/", self._connect)
        page.route("**/api/v1/**", lambda route: route.fallback() if self._up else route.abort())

    def _connect(self, socket):
        if not self._up:
            socket.close(code=1012)
            return
        self._sockets.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda text: self._refused(socket, text) or server.send(text))

    def _refused(self, socket, text: str) -> bool:
        refusal = self.refuse and self.refuse(text)
        if refusal:
            socket.send(refusal)
        return bool(refusal)

    def cut(self) -> None:
        self._up = False
        self._sockets.pop().close(code=1012)

    def mend(self) -> None:
        self._up = True


@pytest.fixture
def cuttable(site, visit, room, complaints):
    """Yield a guest in the room, and the connection to cut."""
    page = visit(site)
    line = Line(page)
    guest = Guest(page, "Ana")
    guest.come_in(room)
    yield guest, line
    # A browser logs an error for each request without a response.
    complaints[:] = [each for each in complaints if not each.startswith("Failed to load")]


def test_a_reload_keeps_identity_and_messages(guest):
    ana, ben = guest("Ana"), guest("Ben")
    ana.say("before")
    ben.sees("before")
    ana.page.reload()
    ana.is_in()
    ana.sees("before")
    expect(ana.message("before")).to_contain_class("own")
    ana.say("after")
    ben.sees("after")
    expect(ben.message("after")).to_contain_class("continued")
    expect(ben.page.get_by_text(re.compile("Ana (dis)?connected"))).to_have_count(0)


def test_two_tabs_are_two_guests(guest, room):
    ana = guest("Ana")
    other = Guest(ana.page.context.new_page(), "Ben")
    other.page.goto("/")
    expect(other.page.get_by_label("Your name")).to_have_value("Ana 2")
    expect(other.page.get_by_text("Ana is open in another tab.")).to_be_visible()
    other.come_in(room)
    other.say("I am Ben")
    ana.sees("I am Ben")
    expect(ana.message("I am Ben")).not_to_contain_class("own")
    ana.page.reload()
    ana.is_in()
    expect(ana.page.locator(".person").filter(has_text="you")).to_contain_text("Ana")


def test_a_link_to_a_room_asks_for_a_name_first(guest, site, visit):
    ana = guest("Ana")
    ben = Guest(visit(site), "Ben")
    ben.page.goto(ana.page.url)
    ben.answer_name("   ")
    expect(ben.page.get_by_text("Type your name.")).to_be_visible()
    ben.answer_name("Ben")
    ben.is_in()
    expect(ana.page.get_by_text("Ben connected")).to_be_visible()


def test_the_link_to_a_room_can_be_copied(guest):
    ana = guest("Ana", permissions=["clipboard-read", "clipboard-write"])
    ana.page.locator(".beginning").get_by_role("button", name="Copy the link").click()
    expect(ana.page.get_by_text("Link copied").first).to_be_visible()
    assert ana.page.evaluate("navigator.clipboard.readText()") == ana.page.url


def test_a_button_says_again_what_it_does_once_something_else_is_said(guest):
    ana = guest("Ana", permissions=["clipboard-read", "clipboard-write"])
    ana.say("one")
    ana.sees("one")
    button = ana.page.locator(".beginning [data-action=copy-link]")
    label = button.inner_text()
    button.click()
    expect(button).to_have_text("Link copied")
    choose(ana, "one", "Copy text")
    expect(button).to_have_text(label)


def test_a_draft_survives_a_reload(guest):
    ana = guest("Ana")
    ana.composer.fill("not finished")
    ana.page.reload()
    ana.is_in()
    expect(ana.composer).to_have_value("not finished")
    ana.composer.press("Enter")
    ana.sees("not finished")
    ana.page.reload()
    ana.is_in()
    expect(ana.composer).to_have_value("")


def test_messages_written_offline_are_sent_once_and_in_order(cuttable, guest):
    (ana, line), ben = cuttable, guest("Ben")
    line.cut()
    expect(ana.banner).to_contain_text("Your messages are kept.")
    ana.say("one")
    ana.say("two")
    expect(ana.message("one")).to_contain_class("pending")
    ben.say("meanwhile")
    line.mend()
    expect(ana.banner).to_be_hidden(timeout=35_000)
    ana.sees("two")
    ben.sees("two")
    for person in (ana, ben):
        person.sees_in_order("meanwhile", "one", "two")


def test_unsent_messages_survive_a_reload(cuttable, guest):
    (ana, line), ben = cuttable, guest("Ben")
    line.cut()
    ana.say("one")
    ana.say("two")
    expect(ana.message("two")).to_contain_class("pending")
    line.mend()
    ana.page.reload()
    ana.is_in()
    for person in (ana, ben):
        person.sees_in_order("one", "two")


def test_the_banner_shows_when_the_next_attempt_is(cuttable):
    ana, line = cuttable
    line.cut()
    expect(ana.banner).to_contain_text(re.compile(r"Reconnecting in \d+ s\. Your messages"))
    expect(ana.page.locator(".connection")).to_have_attribute("title", "Reconnecting")
    line.mend()
    expect(ana.banner).to_be_hidden(timeout=35_000)
    expect(ana.page.locator(".connection")).to_have_attribute("title", "Connected")


def test_a_reconnection_can_be_attempted_at_once(cuttable):
    ana, line = cuttable
    line.cut()
    expect(ana.banner).to_contain_text(re.compile(r"in ([5-9]|\d\d) s"), timeout=90_000)
    line.mend()
    ana.banner.get_by_role("button", name="Try now").click()
    expect(ana.banner).to_be_hidden(timeout=3_000)


def test_being_offline_is_shown_at_once(guest):
    ana = guest("Ana")
    connection = ana.page.locator(".connection")
    ana.page.context.set_offline(True)
    expect(ana.banner).to_contain_text("You are offline. Your messages are kept.")
    expect(connection).to_have_attribute("title", "Offline")
    ana.page.context.set_offline(False)
    expect(ana.banner).to_be_hidden()
    expect(connection).to_have_attribute("title", "Connected")


def test_a_refused_message_shows_why_and_can_be_retried(cuttable, guest):
    (ana, line), ben = cuttable, guest("Ben")
    line.refuse = refusal_of("doubtful")
    ana.say("doubtful")
    ana.say("fine")
    ana.sees("fine")
    failed = ana.message("doubtful")
    expect(failed).to_contain_class("failed")
    expect(failed).to_contain_text("Not now.")
    line.refuse = None
    failed.get_by_role("button", name="Try again").press("Enter")
    ana.sees("doubtful")
    expect(ana.composer).to_be_focused()
    ben.sees_in_order("fine", "doubtful")


def actions_at(message: Locator) -> list[Locator]:
    """Return the buttons Reply and More of the bar at a message."""
    return [message.get_by_role("button", name=name, exact=True) for name in ("Reply", "More")]


def test_the_bar_offers_a_reply_once_the_message_is_sent(cuttable):
    ana, line = cuttable
    line.cut()
    ana.say("hello")
    ana.message("hello").hover()
    reply, more = actions_at(ana.message("hello"))
    expect(more).to_be_visible()
    expect(reply).to_be_hidden()
    line.mend()
    expect(reply).to_be_visible(timeout=20_000)


def test_the_bar_offers_a_reply_once_a_second_attempt_succeeds(cuttable):
    ana, line = cuttable
    line.refuse = refusal_of("doubtful")
    ana.say("doubtful")
    failed = ana.message("doubtful")
    expect(failed).to_contain_class("failed")
    failed.hover()
    reply, more = actions_at(failed)
    expect(more).to_be_visible()
    expect(reply).to_be_hidden()
    line.refuse = None
    failed.get_by_role("button", name="Try again").press("Enter")
    expect(reply).to_be_visible()


def test_a_refused_message_can_be_discarded(cuttable):
    ana, line = cuttable
    line.refuse = refusal_of("doubtful")
    ana.say("doubtful")
    ana.message("doubtful").get_by_role("button", name="Discard").press("Enter")
    expect(ana.messages).to_have_count(0)
    expect(ana.composer).to_be_focused()
    ana.page.reload()
    ana.is_in()
    expect(ana.messages).to_have_count(0)


def test_a_killed_and_restarted_server_has_lost_nothing(serve, visit, room, complaints):
    server = serve()
    ana, ben = Guest(visit(server), "Ana"), Guest(visit(server), "Ben")
    for person in (ana, ben):
        person.come_in(room)
    ana.say("before")
    ben.sees("before")
    server.kill()
    expect(ana.banner).to_be_visible()
    ana.say("while it is away")
    server.start()
    for person in (ana, ben):
        expect(person.banner).to_be_hidden(timeout=35_000)
        person.sees_in_order("before", "while it is away")
    # A request may be under way when the server dies: that one is reset.
    expected = ("WebSocket connection to", "Failed to load resource: net::ERR_CONNECTION_RE")
    assert all(complaint.startswith(expected) for complaint in complaints)
    complaints.clear()


def refusal_of(body: str):
    """Return a function that returns a refusal for a `send` of this body, else None."""

    def refuse(text: str) -> str | None:
        command = json.loads(text)
        if command.get("body") != body:
            return None
        error = {"type": "error", "id": command["id"], "code": "forbidden", "message": "Not now."}
        return json.dumps([error])

    return refuse
