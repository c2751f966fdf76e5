"""Floods of frames that are not messages: 200 at once cost little memory and delay nobody much."""

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
# Frames of each flooding client, and seconds that the others may wait: daphne handles all frames
# that one client sent before it turns to another.
DOSES = {"serve": (10_000, 2.0), "runserver": (500, 5.0)}


def floods(frames: int) -> dict[str, bytes]:
    """Return the bytes that each kind of flooding client sends."""
    begun = frame(TEXT, HELLO[:1], fin=False)
    return {
        "pings": frame(PING, b"x" * 125) * frames,
        "pongs": frame(PONG) * frames,
        "empty fragments": begun + frame(CONT, fin=False) * frames,
        "fragments of a byte": begun + frame(CONT, b" ", fin=False) * frames,
        "half a frame": frame(TEXT, HELLO * 1000, length=MAX_FRAME),
        "texts of a byte": frame(TEXT, b"x") * frames,
        "empty texts": frame(TEXT) * frames,
        "texts after the close": frame(CLOSE) + frame(TEXT, HELLO) * frames,
    }


def send_to_all(floods: dict[Raw, bytes], seconds: float) -> None:
    """Send to all connections at once, as much as the server accepts; read nothing back."""
    ends = time.monotonic() + seconds
    with selectors.DefaultSelector() as ready:
        for connection in floods:
            connection.socket.setblocking(False)
            ready.register(connection.socket, selectors.EVENT_WRITE, connection)
        left = {connection: memoryview(flood) for connection, flood in floods.items()}
        while ready.get_map() and time.monotonic() < ends:
            for key, _ in ready.select(0.1):
                connection = key.data
                try:
                    left[connection] = left[connection][connection.socket.send(left[connection]) :]
                except BlockingIOError:
                    continue
                except ConnectionError:
                    left[connection] = left[connection][:0]
                if not left[connection]:
                    ready.unregister(connection.socket)


@pytest.mark.parametrize("program", ["serve", "runserver"])
def test_200_flooding_clients_cost_little_and_delay_nobody(serve, program):
    frames, delay = DOSES[program]
    server = serve(program, CHAT_RATE_LIMITS="off")
    process = psutil.Process(server.process.pid)
    kinds = list(floods(frames).values())
    with undisturbed(server, delay) as conversation, ExitStack() as connections:
        charlies = [connections.enter_context(Raw(server.url, SMALL_BUFFER)) for _ in range(MANY)]
        for charlie in charlies:
            charlie.open()
        before, messages = process.memory_info().rss, len(conversation.delays)
        send_to_all(
            {charlie: kinds[n % len(kinds)] for n, charlie in enumerate(charlies)}, seconds=3
        )
        wait_until(lambda: len(conversation.delays) > messages + 50, "50 more messages", 30)
        each = (process.memory_info().rss - before) / MANY
    assert each < MOST_BYTES_EACH


def test_a_client_that_floods_with_non_messages_is_closed(victim, subtests):
    server = victim()
    for what in ("pings", "pongs", "empty fragments", "fragments of a byte"):
        with subtests.test(what), Raw(server.url) as charlie:
            charlie.open()
            charlie.send(frame(TEXT, HELLO) + floods(2000)[what])
            # A client that still sends when the connection is cut may lose the close frame.
            assert charlie.closed() in (CloseCode.FLOODING, CUT)


def test_a_client_that_floods_on_after_the_close_is_cut_off(victim):
    """Not after the ten seconds that there are for its close frame."""
    server = victim()
    with Raw(server.url) as charlie:
        charlie.open()
        charlie.send(frame(TEXT, b"x") * 4000)
        began = time.monotonic()
        assert charlie.closed() == CloseCode.MALFORMED
        assert not charlie._more()
    assert time.monotonic() - began < 5
