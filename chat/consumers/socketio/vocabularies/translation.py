"""A room's events in the words of a vocabulary, made once for all its readers."""

from collections.abc import Iterable
from typing import NamedTuple

from chat.consumers.socketio.packets import Packets
from chat.live.server import ChatServer
from chat.models import Room
from chat.protocol import MAX_MEMBERS, User


class Entry(NamedTuple):
    """A packet, or None for what the vocabulary has no word for.

    `about` is the id of the person whom it is about. A message has its `seq`, and its `id`.
    """

    packet: str | None
    about: str | None = None
    seq: int | None = None
    id: str = ""


class Translation:
    """The entries of a frame. `run` is the first and the last seq, where it has nothing but new
    messages one after the other: then most readers get `packets`, which has all."""

    __slots__ = ("entries", "packets", "people", "run")

    def __init__(self, entries: Iterable[Entry]):
        self.entries = tuple(entries)
        self.packets = Packets(entry.packet for entry in self.entries if entry.packet)
        self.people = {entry.about for entry in self.entries}
        self.run: tuple[int, int] | None = None
        seqs = [entry.seq for entry in self.entries]
        if seqs and seqs[0] is not None and seqs == list(range(seqs[0], seqs[0] + len(seqs))):
            self.run = seqs[0], seqs[-1]


class RoomNow:
    """A room as this process knows it."""

    def __init__(self, server: ChatServer, slug: str):
        self._server = server
        self._room: Room | None = server.feed.room_at(slug)
        self.name = self._room.name if self._room else slug

    def people(self) -> list[User]:
        """Return who is there, some of them where there are many.

        By name: each process knows its own people last, and all pages show one list.
        """
        everybody = self._server.presence.people(self._room.pk) if self._room else {}
        some = list(everybody.values())[:MAX_MEMBERS]
        return sorted(some, key=lambda user: user.name.casefold())
