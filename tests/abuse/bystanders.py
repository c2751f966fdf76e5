"""Two who talk while others misbehave, and what the server must still be after that."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from tests.support.servers import Server
from tests.support.wire import Wire

PAUSE = 0.02


class Talk:
    """What Ana said and how long Ion waited for it, each time, in seconds."""

    def __init__(self):
        self.delays: list[float] = []
        self._over = Event()

    def go_on(self, ana: Wire, ion: Wire) -> None:
        """Talk until told to end; each word has its answer before the next is said."""
        while not self._over.is_set():
            body, began = f"word {len(self.delays)}", time.monotonic()
            ana.send(body)
            ion.message(body)
            self.delays.append(time.monotonic() - began)
            self._over.wait(PAUSE)

    def end(self) -> None:
        self._over.set()


@contextmanager
def undisturbed(server: Server, within: float) -> Iterator[Talk]:
    """Let Ana and Ion talk meanwhile: no word takes longer than `within`, none is lost.

    In the end the server lives; that its log has no error is asked of every test.
    """
    talk = Talk()
    with Wire(server.ws_url) as ana, Wire(server.ws_url) as ion, ThreadPoolExecutor(1) as threads:
        ana.enter("Ana")
        ion.enter("Ion")
        talking = threads.submit(talk.go_on, ana, ion)
        try:
            yield talk
        finally:
            talk.end()
        talking.result()
    assert max(talk.delays) <= within, f"a word took {max(talk.delays):.2f} s"
    assert server.process.poll() is None, "the server ended"
