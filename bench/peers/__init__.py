"""The servers that are measured, by name. Each is a context manager that gives a Target."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from bench.peers.chatsite import chatsite
from bench.peers.program import Target
from bench.peers.socketio import socketio

PEERS: dict[str, Callable[[], AbstractContextManager[Target]]] = {
    "chatsite": chatsite,
    "socketio-sqlite": partial(socketio, durable=True),
    "socketio": socketio,
    "chatsite-postgres": partial(chatsite, postgres=True),
    "chatsite-daphne": partial(chatsite, on_daphne=True),
}
