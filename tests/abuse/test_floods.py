"""Floods of what is no message: 200 at once cost little memory, and hold nobody up for long."""

import selectors
import time
from contextlib import ExitStack

import psutil
import pytest

from chat.protocol import MAX_FRAME
from chat.rules.errors import CloseCode
from tests.abuse.bystanders import undisturbed
from tests.abuse.raw import CLOSE, CONT, CUT, PING, PONG, TEXT, Raw, frame
from tests.support.waiting import wait_until

pytestmark = pytest.mark.multiprocess

HELLO = b'{"type": "hello", "name": "Charlie"}'
MANY = 200
SMALL_BUFFER = 4096
MOST_BYTES_EACH = 500_000
# Frames of each flooder, and seconds that the others may wait. What daphne is given it takes to
# the last frame before anybody else has their turn.
DOSES = {"serve": (10_000, 2.0), "runserver": (500, 5.0)}


def floods(frames: int) -> dict[str, bytes]:
    """Give what each kind of flooder sends, whole and more than once."""
    begun = frame(TEXT, HELLO[:1], fin=False)
    return {
        "pings": frame(PING, b"x" * 125) * frames,
        "pongs": frame(PONG) * frames,
        "empty fragments": begun + frame(CONT, fin=False) * frames,
        "fragments of a byte": begun + frame(CONT, b" ", fin=False) * frames,
        "half a frame": frame(TEXT, HELLO * 1000, length=MAX_FRAME),
        "texts of a byte": frame(TEXT, b"x") * frames,
        "empty texts": frame(TEXT) * frames,
        "talk after the goodbye": frame(CLOSE) + frame(TEXT, HELLO) * frames,
    }


def pour(floods: dict[Raw, bytes], seconds: float) -> None:
    """Send to all at once, as much as each server's end takes; it reads nothing back."""
    ends = time.monotonic() + seconds
    with selectors.DefaultSelector() as ready:
        for line in floods:
            line.socket.setblocking(False)
            ready.register(line.socket, selectors.EVENT_WRITE, line)
        left = {line: memoryview(flood) for line, flood in floods.items()}
        while ready.get_map() and time.monotonic() < ends:
            for key, _ in ready.select(0.1):
                line = key.data
                try:
                    left[line] = left[line][line.socket.send(left[line]) :]
                except BlockingIOError:
                    continue
                except ConnectionError:
                    left[line] = left[line][:0]
                if not left[line]:
                    ready.unregister(line.socket)


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_200_who_flood_and_read_nothing_cost_little_and_hold_nobody_up(serve, program):
    frames, delay = DOSES[program]
    server = serve(program, CHAT_RATE_LIMITS="off")
    process = psutil.Process(server.process.pid)
    kinds = list(floods(frames).values())
    with undisturbed(server, delay) as talk, ExitStack() as lines:
        charlies = [lines.enter_context(Raw(server.url, SMALL_BUFFER)) for _ in range(MANY)]
        for charlie in charlies:
            charlie.open()
        before, said = process.memory_info().rss, len(talk.delays)
        pour({line: kinds[n % len(kinds)] for n, line in enumerate(charlies)}, seconds=3)
        wait_until(lambda: len(talk.delays) > said + 50, "the talk's going on", 30)
        each = (process.memory_info().rss - before) / MANY
    assert each < MOST_BYTES_EACH


def test_who_floods_with_frames_that_are_no_messages_is_sent_away(victim, subtests):
    server = victim()
    for what in ("pings", "pongs", "empty fragments", "fragments of a byte"):
        with subtests.test(what), Raw(server.url) as charlie:
            charlie.open()
            charlie.send(frame(TEXT, HELLO) + floods(2000)[what])
            # Who is still sending when the line is cut may lose the last word.
            assert charlie.closed() in (CloseCode.FLOODING, CUT)


def test_who_was_told_to_go_and_floods_on_is_cut_off_at_once(victim):
    """Not after the ten seconds that there are for an answer to the goodbye."""
    server = victim()
    with Raw(server.url) as charlie:
        charlie.open()
        charlie.send(frame(TEXT, b"x") * 4000)
        began = time.monotonic()
        assert charlie.closed() == CloseCode.MALFORMED
        assert not charlie._more()
    assert time.monotonic() - began < 5
