"""The differences of WebKit: layout, scrolling, the size of a field, pages kept for going back."""

import pytest

from tests.browser.histories import writer_in
from tests.browser.webkit import ENTER, SHIFT, WebKit

HISTORY = 160
COMPOSER = "[data-part=composer-text]"
BODIES = "[...document.querySelectorAll('.message-body')].map((each) => each.textContent)"

# Scrolls up by a step a frame until all is shown, and returns how far a visible message moved at
# most.
GO_UP = """
    const box = document.querySelector(".scroller");
    const messages = () => [...box.querySelectorAll(".message")];
    const place = (message) => message.getBoundingClientRect().top;
    let most = 0;
    let message = null;
    let before = 0;
    const step = () => {
        if (message) most = Math.max(most, Math.abs(place(message) - before));
        if (messages().length >= %d && box.scrollTop === 0) return done(most);
        message = messages().find((each) => place(each) > 60);
        before = place(message);
        box.scrollTop -= 120;
        requestAnimationFrame(step);
    };
    step();
"""


@pytest.fixture(scope="module")
def webkit(needs):
    needs("WebKit")
    with WebKit() as browser:
        yield browser


@pytest.fixture
def ana(webkit, site, room):
    """Return the browser of Ana, who joined the test's room through the first page."""
    come_in(webkit, site, room)
    return webkit


def come_in(webkit: WebKit, site, room: str) -> None:
    webkit.open(f"{site.url}/")
    webkit.value("sessionStorage.clear() ?? document.querySelector('[name=room]').select()")
    webkit.value("document.querySelector('[name=name]').select()")
    webkit.type("[name=name]", "Ana")
    webkit.type("[name=room]", room)
    webkit.click(".enter .button")
    webkit.becomes("document.querySelector('.line')?.textContent === 'You joined'")


def test_people_in_two_kinds_of_browsers_can_chat(ana, guest):
    ben = guest("Ben")
    ana.type(COMPOSER, f"Hello{SHIFT}{ENTER}{SHIFT}Ben{ENTER}")
    ben.sees("Hello\nBen")
    ben.say("Hello Ana")
    ana.becomes(f"{BODIES}.join() === 'Hello\\nBen,Hello Ana'")
    ana.becomes("!document.querySelector('.pending')")


def test_the_menu_is_as_high_as_its_content(ana):
    ana.click("[popovertarget=menu]")
    assert ana.value("document.querySelector('.menu').clientHeight") < 300


def test_the_field_grows_with_its_text_and_shrinks_once_it_is_sent(ana):
    height = f"document.querySelector('{COMPOSER}').clientHeight"
    low = ana.value(height)
    ana.type(COMPOSER, f"one{SHIFT}{ENTER}{ENTER}{SHIFT}three")
    assert ana.value(height) > low
    ana.type(COMPOSER, ENTER)
    ana.becomes(f"{height} === {low}")


def test_older_messages_are_added_without_a_jump(webkit, site, room):
    with writer_in(site, room, HISTORY):
        come_in(webkit, site, room)
        webkit.becomes(f"{BODIES}.at(-1) === 'message {HISTORY}'")
        # A page of older messages is far higher than this.
        assert webkit.settled(GO_UP % HISTORY) < 300
        assert webkit.value(BODIES) == [f"message {number}" for number in range(1, HISTORY + 1)]


def test_a_page_that_was_left_continues_on_going_forward(ana, guest):
    ben = guest("Ben")
    ana.type(COMPOSER, f"before{ENTER}")
    ben.sees("before")
    ana.back()
    ana.becomes("document.querySelector('[name=name]')?.value === 'Ana'")
    ben.say("meanwhile")
    ben.sees("meanwhile")
    ana.forward()
    ana.becomes(f"{BODIES}.join() === 'before,meanwhile'")
    ana.type(COMPOSER, f"after{ENTER}")
    ben.sees_in_order("before", "meanwhile", "after")
