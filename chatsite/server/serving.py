"""uvicorn as this site runs it: python -m chatsite.server.serving HOST PORT WORKERS

`manage.py serve` calls `serve` once everything is prepared.
"""

import gc
import logging
import multiprocessing
import os
import signal
import socket
import sys
from contextlib import suppress
from importlib import import_module

import uvicorn
from django.conf import settings
from django.template.loader import get_template
from uvicorn import _subprocess
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import SIGNALS

from chat.management.preconditions import BACKLOG, listening_socket
from chat.rules.limits import PING_AFTER, PONG_WITHIN

logger = logging.getLogger("uvicorn.error")

# Seconds after which a client is disconnected whose machine does not acknowledge what was sent. An
# event stream has no pings: without this a dead reader was present for a quarter of an hour.
SILENCE_WITHIN = 40


def serve(listener: socket.socket, workers: int) -> None:
    """Serve until told to stop."""
    config = configuration(workers)
    load(config)
    limit_silence(listener)
    host, port = listener.getsockname()[:2]
    logger.info("Listening on %s port %d", host, port)
    if workers == 1:
        # The end of its terminal, say; without this the process would be killed.
        if signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:
            signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        server = uvicorn.Server(config)
        with suppress(KeyboardInterrupt):
            server.run([listener])
        is_started = server.started
    else:
        is_started = run_workers(config, listener)
    if not is_started:
        sys.exit(STARTUP_FAILURE)


def load(config: uvicorn.Config) -> None:
    """Load the application, here and not in each worker: it takes most of the time of a start.

    The URLs too, which Django would load with the first request. All of it stays: a sixth of the
    time went into garbage collections.
    """
    gc.disable()
    config.load()
    import_module(settings.ROOT_URLCONF)
    load_templates()
    gc.enable()


def load_templates() -> None:
    """Read the site's templates now: an update changes the files while this version runs."""
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in folder.rglob("*.html"):
            get_template(str(path.relative_to(folder)))


def limit_silence(listener: socket.socket) -> None:
    """Make the system close the TCP connections to a socket that are silent for SILENCE_WITHIN
    seconds (RFC 5482), where it has this option; they inherit it."""
    if option := getattr(socket, "TCP_USER_TIMEOUT", None):
        listener.setsockopt(socket.IPPROTO_TCP, option, SILENCE_WITHIN * 1000)


def configuration(workers: int) -> uvicorn.Config:
    return uvicorn.Config(
        "chatsite.asgi:application",
        workers=workers,
        backlog=BACKLOG,
        lifespan="on",
        loop="uvloop",
        http="chatsite.server.http:HttpProtocol",
        ws="chatsite.server.websocket:WebSocketProtocol",
        ws_per_message_deflate=False,
        ws_max_size=settings.MAX_FRAME_BYTES,
        # Detects dead clients within 28 s of silence. One that only reads slowly is left to the
        # chat, which closes its socket after 30 s with a reason: 4408.
        ws_ping_interval=PING_AFTER,
        ws_ping_timeout=PONG_WITHIN,
        # Ten seconds from SIGTERM to the end: eight for open requests and sockets, the rest for
        # the application's last commits.
        timeout_graceful_shutdown=8,
        access_log=False,
        # That of settings.py applies.
        log_config=None,
        server_header=False,
        forwarded_allow_ips=settings.TRUSTED_PROXIES,
    )


def run_workers(config: uvicorn.Config, listener: socket.socket) -> bool:
    """Serve with several processes; return whether they could start.

    uvicorn starts a new Python for each, which imports everything again: 1 s of a processor's
    time, and 60 MB that forked ones share. A fork is safe here: there are no other threads yet, no
    event loop, no connection to the database.

    uvicorn has no option for it: the context that its workers are made in is a name of its own
    module, and multiprocessing's start method does not count.
    """
    is_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    if sys.platform == "linux":
        _subprocess.spawn = multiprocessing.get_context("fork")
        os.register_at_fork(after_in_child=reset_signals)
        # So that a worker's garbage collector does not write to the pages that they share.
        gc.collect()
        gc.freeze()
    supervisor = Supervisor(config, [listener])
    if is_ignored:  # By nohup.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    supervisor.run()
    return all(worker.process.exitcode != STARTUP_FAILURE for worker in supervisor.processes)


class Supervisor(Multiprocess):
    """Ends on SIGHUP: uvicorn would replace the workers by others with the same, old code."""

    def handle_hup(self) -> None:
        self.handle_term()


def reset_signals() -> None:
    """Reset a worker's signals, so that they end it: it inherits the supervisor's handlers.

    SIGHUP reaches all of them when a terminal is closed; the supervisor then ends its workers.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)


def main(host: str, port: str, workers: str) -> None:
    serve(listening_socket(host, int(port)), int(workers))


if __name__ == "__main__":
    main(*sys.argv[1:])
