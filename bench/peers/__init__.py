"""The servers that are measured, by name. Each is a context manager that yields a Target."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

from bench.load.chatsite_socketio import ChatsiteSocketIOMember
from bench.peers.chatsite import chatsite
from bench.peers.nchan import is_installed, nchan
from bench.peers.program import Target
from bench.peers.socketio import socketio
from bench.peers.tutorial import tutorial

PEERS: dict[str, Callable[[], AbstractContextManager[Target]]] = {
    "chatsite": chatsite,
    "socketio-sqlite": partial(socketio, durable=True),
    "socketio": socketio,
    "channels-core": partial(tutorial, "core.RedisChannelLayer"),
    "channels-pubsub": partial(tutorial, "pubsub.RedisPubSubChannelLayer"),
    "chatsite-socketio": partial(chatsite, speaking=ChatsiteSocketIOMember),
    "chatsite-daphne": partial(chatsite, on_daphne=True),
    "chatsite-postgres": partial(chatsite, postgres=True),
    "chatsite-2-workers": partial(chatsite, workers=2),
    "chatsite-postgres-2-workers": partial(chatsite, workers=2, postgres=True),
}
if is_installed():
    PEERS |= {"nchan": nchan, "nchan-undelayed": partial(nchan, undelayed=True)}

__all__ = ["PEERS", "Target"]
