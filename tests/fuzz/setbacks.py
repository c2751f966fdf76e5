"""Rooms whose log changes: by a new epoch, or restored from a backup."""

from copy import deepcopy
from typing import NamedTuple

from django.db import transaction
from hypothesis import event

from chat import log, models
from tests.fuzz.model import Room
from tests.fuzz.transports import Transports


class Backup(NamedTuple):
    """A room as it was, as a model and in the database."""

    room: Room
    row: models.Room
    messages: list[models.Message]
    revisions: list[models.Revision]
    reactions: list[models.Reaction]


class Setbacks(Transports):
    """A story in which the database may lose what clients already received."""

    def __init__(self, site, layer):
        super().__init__(site, layer)
        self._backups: dict[int, Backup] = {}

    async def back_up(self, slug: str) -> None:
        """Copy a room with its messages."""
        if room := self.site.rooms.get(slug):
            rows = await self._database(_copied, room.pk)
            self._backups[room.pk] = Backup(deepcopy(room), *rows)

    async def begin_anew(self, slug: str) -> None:
        """Change a room's epoch; the processes find it when they poll."""
        if room := self.site.rooms.get(slug):
            room.epoch = (await self._database(log.begin_anew, room.pk, room.epoch)).epoch
            self._backups.pop(room.pk, None)

    async def set_back(self, slug: str, resuming: bool) -> None:
        """Restore a room's backup while people are in the room: the processes notice when they
        poll, or when somebody resumes."""
        room = self.site.rooms.get(slug)
        backup = self._backups.pop(room.pk, None) if room else None
        if backup is None or self.site.rooms.get(backup.room.slug, room) is not room:
            return
        await self.settle()
        lost = room.version - backup.room.version
        followed = any(server.feed.stream(room.pk) for server in self.servers)
        await self._database(_restore, backup)
        self._restore(room, backup)
        for tab in [tab for tab in self.tabs if slug in tab.views][:resuming]:
            await tab.resume()
        await self._compare()
        row = await self._database(models.Room.objects.get, pk=room.pk)
        event(f"set back: {bool(lost)}, {followed}")
        assert (row.epoch != room.epoch) == (lost > 0 and followed)
        room.epoch = row.epoch
        if not followed:
            # No process knows that this log had newer messages.
            self.kept.clear()

    def _restore(self, room: Room, backup: Backup) -> None:
        if room.slug != backup.room.slug:
            self.vacated.add(room.slug)
            self.site.rooms[backup.room.slug] = self.site.rooms.pop(room.slug)
        room.set_back(backup.room)
        for terminal in self.terminals:
            if terminal.room is room:
                terminal.set_back()


def _copied(room_id: int) -> tuple:
    """Return a room and its rows, in the order of a Backup."""
    row = models.Room.objects.get(pk=room_id)
    tables = models.Message, models.Revision, models.Reaction
    return row, *(list(table.objects.filter(room=row)) for table in tables)


def _restore(backup: Backup) -> None:
    with transaction.atomic():
        models.Message.objects.filter(room=backup.row).delete()
        models.Revision.objects.filter(room=backup.row).delete()
        models.Reaction.objects.filter(room=backup.row).delete()
        # Who may come in is no part of the backup.
        backup.row.access = models.Room.objects.get(pk=backup.row.pk).access
        backup.row.save()
        models.Message.objects.bulk_create(backup.messages)
        models.Revision.objects.bulk_create(backup.revisions)
        models.Reaction.objects.bulk_create(backup.reactions)
