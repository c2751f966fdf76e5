"""Long histories: a writer of many messages, and a measurement of how far the page jumps."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.browser.people import Guest
from tests.support.servers import Server
from tests.support.wire import Wire

# Records, frame by frame, how far the uppermost message in view has moved.
WATCH = """box => {
    const top = (message) => message.getBoundingClientRect().top;
    const uppermost = () => [...box.querySelectorAll(".message")].find((each) => top(each) > 60);
    let message = uppermost();
    let before = top(message);
    window.moves = [];
    const look = () => {
        window.moves.push(top(message) - before);
        message = uppermost();
        before = top(message);
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
}"""

# Waits until what has just changed is drawn.
FRAMES = """async () => {
    for (let count = 0; count < 3; count += 1) await new Promise(requestAnimationFrame);
}"""

TURNING_SECONDS = 60
# Messages that are sent before the first of them is acknowledged: one by one they take ten times as
# long.
AT_ONCE = 50


@contextmanager
def writer_in(site: Server, room: str, history: int) -> Iterator[Wire]:
    """Yield a client that has sent so many messages, numbered from 1."""
    with Wire(site.ws_url) as wire:
        wire.enter("Writer", room)
        wire.room = wire.request("join", room=room)["room"]["slug"]
        wire.said = 0
        say(wire, history)
        yield wire


def say(wire: Wire, count: int) -> None:
    """Send so many more."""
    numbers = range(wire.said + 1, wire.said + count + 1)
    for start in range(0, count, AT_ONCE):
        bodies = [f"message {number}" for number in numbers[start : start + AT_ONCE]]
        sent = [wire.send_command("send", room=wire.room, body=body) for body in bodies]
        assert [wire.reply_to(each)["type"] for each in sent] == ["ack"] * len(sent)
        wire.unread.clear()
    wire.said += count


def turning(reader: Guest, step: int) -> Iterator[None]:
    """Turn the wheel over the messages between two steps of a loop; fail if that does not end."""
    reader.scroller.hover()
    deadline = time.monotonic() + TURNING_SECONDS
    while time.monotonic() < deadline:
        yield
        reader.page.mouse.wheel(0, step)
        reader.page.evaluate("new Promise(requestAnimationFrame)")
    pytest.fail(f"The wheel was turned for {TURNING_SECONDS} s and what was awaited did not come.")
