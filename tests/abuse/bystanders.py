"""Two people who exchange messages while others misbehave, and what must still hold after it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.support.servers import Server
from tests.support.wire import Wire

PAUSE = 0.02


class Conversation:
    """The time from each message of Ana's until Ion received it, in seconds."""

    def __init__(self):
        self.delays: list[float] = []
        self._over = Event()

    def run(self, ana: Wire, ion: Wire) -> None:
        """Send until `end`; each message arrives before the next is sent."""
        while not self._over.is_set():
            body, began = f"message {len(self.delays)}", time.monotonic()
            ana.send(body)
            ion.message(body)
            self.delays.append(time.monotonic() - began)
            self._over.wait(PAUSE)

    def end(self) -> None:
        self._over.set()


@contextmanager
def undisturbed(server: Server, within: float) -> Iterator[Conversation]:
    """Exchange messages between Ana and Ion meanwhile: each arrives within `within` seconds.

    At the end the server still runs; that its log has no errors is checked for every test.
    """
    conversation = Conversation()
    with Wire(server.ws_url) as ana, Wire(server.ws_url) as ion, ThreadPoolExecutor(1) as threads:
        ana.enter("Ana")
        ion.enter("Ion")
        running = threads.submit(conversation.run, ana, ion)
        try:
            yield conversation
        finally:
            conversation.end()
        running.result()
    assert max(conversation.delays) <= within, f"a message took {max(conversation.delays):.2f} s"
    assert server.process.poll() is None, "the server ended"
