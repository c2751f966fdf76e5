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
    """The time from each message of Ana's until Ion received it, in seconds.

    `late` is by how much they themselves were late at most, on a machine with other work.
    """

    def __init__(self):
        self.delays: list[float] = []
        self.late = 0.0
        self._over = Event()

    def run(self, ana: Wire, ion: Wire) -> None:
        """Send until `end`; each message arrives before the next is sent."""
        while not self._over.is_set():
            body, began = f"message {len(self.delays)}", time.monotonic()
            ana.send(body)
            ion.message(body)
            self.delays.append(time.monotonic() - began)
            due = time.monotonic() + PAUSE
            self._over.wait(PAUSE)
            self.late = max(self.late, time.monotonic() - due)

    def end(self) -> None:
        self._over.set()


@contextmanager
def undisturbed(server: Server, within: float) -> Iterator[Conversation]:
    """Exchange messages between Ana and Ion meanwhile: each arrives within `within` seconds.

    As many more as they were late themselves are allowed for.

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
    longest, late = max(conversation.delays), conversation.late
    assert longest <= within + late, f"a message took {longest:.2f} s, they were {late:.2f} s late"
    assert server.process.poll() is None, "the server ended"
