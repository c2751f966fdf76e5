"""People who use a browser: their actions, and the assertions about what they see."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.servers import ADMIN_PASSWORD

# On the button of the dialog that asks for a name.
ENTER = re.compile("^(Join|Start this room)$")
# More than a page has where the keyboard stops.
MOST_TAB_STOPS = 60


class Guest:
    """Somebody with the page open."""

    def __init__(self, page: Page, name: str):
        self.page = page
        self.name = name
        self.composer = page.get_by_label("Message", exact=True)
        self.messages = page.locator(".message")
        self.banner = page.locator(".banner")
        self.scroller = page.get_by_role("log")
        self.jump = page.locator(".jump")

    def come_in(self, room: str) -> None:
        """Join a room through the first page."""
        self.knock(room)
        self.is_in()

    def knock(self, room: str) -> None:
        """Submit a name and a room on the first page."""
        self.page.goto("/")
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_label("Room", exact=True).fill(room)
        self.page.get_by_role("button", name="Join").click()

    def is_in(self) -> None:
        expect(self.page.get_by_text("You joined")).to_be_visible()

    def answer_name(self, name: str) -> None:
        """Submit a name in the dialog that asks for it, and start the room where it is new."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Your name").fill(name)
        dialog.get_by_role("button", name=ENTER).click()

    def start_room(self, room: str) -> None:
        """Open the link to a room that is not there yet, as somebody who is known, and start it."""
        self.page.goto(f"/rooms/{room}/")
        self.page.get_by_role("button", name="Start this room").click()
        self.is_in()

    def say(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def message(self, text: str) -> Locator:
        """Return the locator of the message with exactly this body."""
        body = self.page.locator(".message-body", has_text=re.compile(f"^{re.escape(text)}$"))
        return self.messages.filter(has=body)

    def sees(self, text: str) -> None:
        """Check that a message is shown once, as sent."""
        expect(self.message(text)).to_have_count(1)
        expect(self.message(text)).not_to_have_class(re.compile(r"\b(pending|failed)\b"))

    def sees_in_order(self, *texts: str) -> None:
        expect(self.page.locator(".message-body")).to_have_text(list(texts))

    def scroll_up(self) -> None:
        """Scroll to the oldest message that is shown."""
        self.scroller.evaluate("box => box.scrollTop = 0")

    def look_away(self) -> None:
        """Hide the page, as when another tab is chosen."""
        self._become("hidden")

    def look_back(self) -> None:
        self._become("visible")

    def lose_focus(self) -> None:
        """Focus another window, while this one stays visible."""
        self._focus("blur", has_focus=False)

    def get_focus(self) -> None:
        self._focus("focus", has_focus=True)

    def _focus(self, event: str, has_focus: bool) -> None:
        self.page.evaluate(
            """([event, hasFocus]) => {
                document.hasFocus = () => hasFocus;
                window.dispatchEvent(new Event(event));
            }""",
            [event, has_focus],
        )

    def _become(self, state: str) -> None:
        self.page.evaluate(
            """state => {
                Object.defineProperty(document, "visibilityState", {
                    configurable: true, get: () => state,
                });
                document.dispatchEvent(new Event("visibilitychange"));
            }""",
            state,
        )


def said(ana: Guest, ben: Guest, *texts: str) -> None:
    """Send some texts as somebody, and wait until both have them."""
    for text in texts:
        ana.say(text)
        ana.sees(text)
        ben.sees(text)


def choose(person: Guest, text: str, action: str) -> None:
    """Choose an action from the menu of a message, with the mouse."""
    person.message(text).hover()
    person.page.get_by_role("button", name="More", exact=True).click()
    person.page.get_by_role("dialog").get_by_role("button", name=action).click()


def tab_back_to(page: Page, selector: str) -> list[str]:
    """Return the outlines of what has the focus on the way back to an element by keyboard."""
    outlines = []
    for _ in range(MOST_TAB_STOPS):
        page.keyboard.press("Shift+Tab")
        focused = page.locator(":focus")
        if focused.evaluate("(element, selector) => element.matches(selector)", selector):
            return outlines
        outlines.append(focused.evaluate("element => getComputedStyle(element).outlineStyle"))
    raise AssertionError(f"No tab stop is {selector}.")


def finish_animations(page: Page) -> None:
    """Wait for the end of those animations that have one: in a room that is put away they stand
    still, and the promise of one that is waited for would never be kept."""
    page.evaluate(
        """() => {
            const ends = ({ effect }) =>
                effect.getComputedTiming().endTime !== Infinity && effect.target.checkVisibility();
            const ending = document.getAnimations().filter(ends);
            return Promise.allSettled(ending.map((each) => each.finished)).then(() => {});
        }"""
    )


def press_long(person: Guest, text: str) -> None:
    """Leave a finger on a message until its sheet comes."""
    devtools = person.page.context.new_cdp_session(person.page)
    body = person.message(text).locator(".message-body").bounding_box()
    point = {"x": body["x"] + 10, "y": body["y"] + 10}
    devtools.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(person.page.get_by_role("dialog")).to_be_visible()
    devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


class Admin:
    """An admin who uses the admin pages."""

    def __init__(self, page: Page):
        self.page = page
        page.goto("/admin/")
        page.get_by_label("Username").fill("admin")
        page.get_by_label("Password").fill(ADMIN_PASSWORD)
        page.get_by_role("button", name="Log in").click()

    def choose(self, listing: str, row: str, action: str) -> None:
        """Apply an action of a list to the row with this text."""
        self.page.goto(f"/admin/chat/{listing}/?q={row}")
        self.page.get_by_role("row").filter(has_text=row).get_by_role("checkbox").check()
        self.page.locator("select[name=action]").select_option(label=action)
        self.page.get_by_role("button", name=re.compile("Run|Go")).click()
        expect(self.page.locator(".messagelist")).to_be_visible()

    def delete_room(self, room: str) -> None:
        """Delete a room with its messages, and confirm it."""
        self.page.goto(f"/admin/chat/room/?q={room}")
        self.page.get_by_role("row").filter(has_text=room).get_by_role("link").first.click()
        self.page.get_by_role("link", name="Delete", exact=True).click()
        self.page.locator("[type=submit]").last.click()
        expect(self.page.locator(".messagelist .success")).to_be_visible()

    def save(self, address: str, **fields) -> None:
        """Change fields, by their labels, on one page of the admin."""
        self.page.goto(f"/admin/chat/{address}/")
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]")
            field.set_checked(value) if isinstance(value, bool) else field.fill(value)
        self.page.locator("[name=_save]").click()
        expect(self.page.locator(".messagelist .success")).to_be_visible()
