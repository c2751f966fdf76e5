"""The rooms that one process's connections follow, kept in step with the log.

What this process commits is applied at once; what others commit comes as hints. A hint for the
next version is applied, an older one dropped, and a newer one means that something was missed:
then the log is read up to it. Now and then the heads of all rooms are compared with the database
(anti-entropy), so a hint that never came delays a message and cannot lose it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence

from chat import log, protocol
from chat.cluster.hints import Changes, RoomChanged, RoomLeft, room_group
from chat.cluster.transport import HintTransport
from chat.live.batcher import CROWD_EVERY, Batcher
from chat.live.follower import Follower, Sink
from chat.live.rights import Rights
from chat.live.stream import Stream, settings_of
from chat.live.tasks import BackgroundTasks
from chat.live.threads import DatabaseThreads
from chat.log import Backlog, Head, LockedRoom, Receipt, StoredMessage
from chat.models import Room
from chat.rules.errors import ChatError, not_found, unavailable
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

MAX_CHANGES_READ = 500
MAX_READINGS = 5
# Seconds between two readings of one room whose settings, or people, change again and again.
CHANGES_EVERY = 0.1


class Feed:
    """One process's streams, each with one subscription to the channel layer."""

    def __init__(self, hints: HintTransport, database: DatabaseThreads):
        self._hints = hints
        self._database = database
        self._streams: dict[int, Stream] = {}
        self._by_slug: dict[str, Stream] = {}
        self._heads = Batcher(database, self._read_heads, every=CROWD_EVERY)
        self.rights = Rights(database)
        # The newest version noticed of each room whose log is being read.
        self._noticed: dict[int, int] = {}
        self._comparing = asyncio.Lock()
        # The rooms of which changes are followed now; whether there was another one since.
        self._changing: dict[int, bool] = {}
        self._background = BackgroundTasks()
        # Called with a room, and the encoded events of messages that another process changed there.
        self.on_changes_elsewhere: list[Callable[[int, Sequence[str]], None]] = []
        # Called with a room of which who may do what was changed here.
        self.on_access: Callable[[int], Awaitable[None]] | None = None
        # The next comparison tries again.
        self._unread = Notice(logger, "The log could not be read: %s")
        hints.handle(Changes, self._on_changes)
        hints.handle(RoomChanged, self._on_room_changed)
        hints.handle(RoomLeft, self._on_room_left)

    def stream(self, room_id: int) -> Stream | None:
        """Return the stream of a room, if this process follows it."""
        return self._streams.get(room_id)

    def room_at(self, slug: str) -> Room | None:
        """Return the room at an address, if this process follows it."""
        stream = self._by_slug.get(slug)
        return stream.room if stream else None

    def streams(self) -> list[Stream]:
        """Return all streams of this process."""
        return list(self._streams.values())

    # Following a room

    async def follow(self, room: Room, sink: Sink) -> Follower:
        """Add a follower, which waits until it goes live; what comes meanwhile is kept for it."""
        stream = self._streams.get(room.pk)
        if stream is None:
            stream = self._streams[room.pk] = self._by_slug[room.slug] = Stream(room)
        follower = stream.add(sink)
        # Joining a group twice costs nothing, and a second follower may come while the first waits.
        await self._hints.follow(room_group(room.pk))
        return follower

    def unfollow(self, follower: Follower) -> None:
        """Remove a follower; the stream stays a little longer."""
        follower.stream.remove(follower)

    def unused(self, needed: Iterable[int]) -> list[int]:
        """Return the rooms that nobody here follows any more, except those of `needed`."""
        idle = self._streams.keys() - set(needed)
        return [room_id for room_id in idle if not self._streams[room_id].followers]

    def forget(self, room_id: int) -> None:
        """Drop a room's stream at once, and its subscription soon."""
        stream = self._streams.pop(room_id)
        self._forget_address(stream)
        self._background.run(self._unsubscribe(room_id), self._unread.warn)

    def _forget_address(self, stream: Stream) -> None:
        if self._by_slug.get(stream.room.slug) is stream:
            del self._by_slug[stream.room.slug]

    async def _unsubscribe(self, room_id: int) -> None:
        # A client that joined again meanwhile needs the subscription.
        if room_id not in self._streams:
            await self._hints.unfollow(room_group(room_id))

    # What is new

    def emit(self, room_id: int, event: protocol.Event) -> None:
        """Send an event that is no message to the room's followers in this process."""
        if stream := self._streams.get(room_id):
            stream.emit(event.encode())

    def publish_changes(self, receipts: Iterable[Receipt]) -> None:
        """Deliver what was just committed, here and in the other processes.

        Messages of one room come in the order of their versions.
        """
        by_room: dict[int, tuple[LockedRoom, list[StoredMessage]]] = {}
        for receipt in receipts:
            room, changed = by_room.setdefault(receipt.room.id, (receipt.room, []))
            changed.append(receipt.message)
        for room, changed in by_room.values():
            hint = Changes.of(room, changed)
            self._apply_hint(hint)
            if stream := self._streams.get(room.id):
                # Everybody waits for it: the next turn of the event loop was 0.1 ms later.
                stream.flush_if_due()
            self._hints.publish(hint)

    def _on_changes(self, hint: Changes, sender: str | None) -> None:
        stream = self._streams.get(hint.room)
        if stream and stream.room.epoch == hint.epoch:
            for note in self.on_changes_elsewhere:
                note(hint.room, hint.texts)
            self._apply_hint(hint)

    def _apply_hint(self, hint: Changes) -> None:
        stream = self._streams.get(hint.room)
        if stream and hint.slug != stream.room.slug:
            # The room moves: its changes are sent under the address that its followers know, from
            # the log.
            self._background.run(self.compare([hint.room]), self._unread.warn)
        elif stream and not stream.apply_changes(hint.first, hint.texts):
            self.notice_version(hint.room, hint.first + len(hint.texts) - 1)

    # Reading the log

    def notice_version(self, room_id: int, version: int) -> None:
        """Read the log if this process lags behind a version of a room."""
        stream = self._streams.get(room_id)
        if stream is None or version <= stream.version:
            return
        reading = room_id in self._noticed
        self._noticed[room_id] = max(version, self._noticed.get(room_id, 0))
        if not reading:
            self._background.run(self._read_changes(stream), self._unread.warn)

    async def _read_changes(self, stream: Stream) -> None:
        """Apply what the log has and the stream has not, up to the last version noticed.

        What is noticed while the log is read may be newer than the reading: then it is read again.
        """
        room_id = stream.room.pk
        try:
            while await self._apply_missed(stream):
                if stream.version >= self._noticed[room_id]:
                    return
        finally:
            del self._noticed[room_id]

    async def _apply_missed(self, stream: Stream) -> bool:
        """Apply what the log has and the stream has not, or a part; return whether there was."""
        missed = await self._database.run(
            log.changes, stream.room.pk, stream.version, MAX_CHANGES_READ
        )
        for message in missed:
            event = protocol.MessageEvent.of(stream.room.slug, message)
            stream.advance(message.version, event.encode())
        return bool(missed)

    def _on_room_changed(self, hint: RoomChanged, sender: str | None) -> None:
        if hint.room in self._changing:
            self._changing[hint.room] = True
        elif hint.room in self._streams:
            self._background.run(self._follow_changes(hint.room), self._unread.warn)

    async def _follow_changes(self, room_id: int) -> None:
        """Apply a change of a room, then all that were made meanwhile at once.

        While rights are read, followers are sent nothing. Where an admin changes a thousand people
        one after the other, what is written in the room reaches them in between.
        """
        self._changing[room_id] = True
        try:
            while self._changing[room_id]:
                self._changing[room_id] = False
                await self.compare([room_id])
                if stream := self._streams.get(room_id):
                    await self.rights.check_all(stream)
                await asyncio.sleep(CHANGES_EVERY)
        finally:
            del self._changing[room_id]

    async def compare(
        self, room_ids: Iterable[int] | None = None, also: Collection[int] = ()
    ) -> dict[int, Head]:
        """Compare streams (all, or of some rooms) with the database, and correct what differs.

        Return the heads that were read, those of the rooms in `also` among them.
        """
        followed = [i for i in (room_ids or tuple(self._streams)) if i in self._streams]
        if not (followed or also):
            return {}
        # One at a time: of two, the older reading must not come last.
        async with self._comparing:
            versions = {i: stream.version for i, stream in self._streams.items()}
            read = await self._database.run(log.heads, {*followed, *also})
            heads = dict(read)
            for room_id, head in tuple(heads.items()):
                if self._is_set_back(head, self._streams.get(room_id), versions.get(room_id, 0)):
                    await self._database.run(log.begin_anew, room_id, head.epoch)
                    del heads[room_id]
            differing = [i for i in followed if not self._is_at(i, heads.get(i))]
            current = await self._database.run(log.rooms_by_id, differing) if differing else {}
            for room_id in differing:
                if stream := self._streams.get(room_id):
                    self._update(stream, current.get(room_id))
        return read

    def _is_at(self, room_id: int, head: Head | None) -> bool:
        """Whether the stream of a room, if there is one, has all that a head says."""
        stream = self._streams.get(room_id)
        return stream is None or (head is not None and stream.is_up_to_date_with(head))

    @staticmethod
    def _is_set_back(head: Head | Room, stream: Stream | None, known: int) -> bool:
        """Whether the database lags behind the version `known` before it was read, and which it
        once had: it was restored, or failed over."""
        return stream is not None and head.epoch == stream.room.epoch and head.version < known

    def _update(self, stream: Stream, room: Room | None) -> None:
        """Bring a stream in step with a reading of its room; None where the room is gone."""
        if room is None:
            # The stream and its subscription go as unused, when presence is through with them.
            self._forget_address(stream)
            for follower in tuple(stream.followers):
                follower.sink.on_room_gone(follower)
            return
        self._update_settings(stream, room)
        if room.epoch != stream.room.epoch:
            stream.restart(room)
        else:
            self.notice_version(room.pk, room.version)

    def _update_settings(self, stream: Stream, room: Room) -> None:
        before = stream.room
        is_told = settings_of(before) != settings_of(room)
        is_access_changed = before.access != room.access
        if not (is_told or is_access_changed):
            return
        self._forget_address(stream)
        stream.update_settings(room)
        self._by_slug[room.slug] = stream
        was = before.slug if before.slug != room.slug else None
        if was:
            for follower in stream.followers:
                follower.sink.on_room_moved(was, room.slug)
        event = protocol.RoomEvent(room=protocol.Room.of(stream.room), was=was) if is_told else None
        if is_access_changed:
            # Its new name and address are for those alone who may still read it.
            self._background.run(self.rights.check_all(stream, event), self._unread.warn)
        elif event:
            stream.emit_settings(event)

    # Who may read

    def note_left(self, room_id: int, person: str) -> None:
        """Note, here and in the other processes, that somebody leaves a room by their own wish: it
        is no removal. To be called before `apply_access`; without the hint they are removed."""
        hint = RoomLeft(room_id, person)
        self._on_room_left(hint)
        self._hints.publish(hint)

    def _on_room_left(self, hint: RoomLeft, sender: str | None = None) -> None:
        stream = self._streams.get(hint.room)
        for follower in stream.followers if stream else ():
            if follower.sink.user and follower.sink.user.id == hint.person:
                follower.is_leaving = True

    async def apply_access(self, room_id: int) -> None:
        """Apply a change of who may do what in a room, here at once and in the others soon."""
        self._hints.publish(RoomChanged(room_id))
        await self.compare([room_id])
        if stream := self._streams.get(room_id):
            # The caller replies that it is done: nobody is there by then who may not read.
            await self.rights.check_all(stream)
        if self.on_access:
            await self.on_access(room_id)

    # Clients that join

    async def backlog(self, stream: Stream, after: int | None, epoch: str | None) -> Backlog:
        """Return what a reader of version `after` of `epoch` is missing, up to the stream's tail.

        It is never older than the call, but shared where it can be: for all clients that join in
        one moment the heads of their rooms are read in one query, a client that resumes in a room
        where nothing happened needs no more than that, and what is read for one joining client is
        sent to all ("connections" in bench/). Raises ChatError `not_found` or `unavailable`.
        """
        for _ in range(MAX_READINGS):
            known = stream.version
            head = await self._heads.outcome_of(stream.room.pk)
            if self._is_set_back(head, stream, known):
                head = await self._database.run(log.begin_anew, head.pk, head.epoch)
            await self._correct(stream, head)
            if (after, epoch) == (head.version, head.epoch):
                backlog = Backlog(head, [], reset=False, more=head.last_seq > 0)
            elif after is None and stream.version >= head.version:
                backlog = await self._newest_page(stream, head.version)
            else:
                backlog = await self._database.run(log.backlog, head.pk, after, epoch)
            if stream.lacks(backlog):
                # What a reader has by it would come once more.
                async with stream.reading:
                    while stream.lacks(backlog) and await self._apply_missed(stream):
                        pass
            if stream.can_go_live(backlog):
                return backlog
        raise unavailable()

    async def _correct(self, stream: Stream, head: Room) -> None:
        """Bring a stream in step with the database where a reading of its room differs.

        Not by that reading: a later one may have been applied meanwhile.
        """
        if not stream.is_alike(head):
            # Of many that join at once the first does it for all.
            async with stream.reading:
                if not stream.is_alike(head):
                    await self.compare([head.pk])
        if head.epoch == stream.room.epoch:
            self.notice_version(head.pk, head.version)

    @staticmethod
    def _read_heads(room_ids: Sequence[int]) -> list[Room | ChatError]:
        rooms = log.rooms_by_id(set(room_ids))
        return [rooms.get(i) or not_found() for i in room_ids]

    async def _newest_page(self, stream: Stream, version: int) -> Backlog:
        """Return the newest page as of a version or later; events after it follow."""
        async with stream.reading:
            page = stream.newest_page
            if page is None or page.room.version < version or not stream.can_go_live(page):
                page = await self._database.run(log.backlog, stream.room.pk, None, None)
                stream.newest_page = page if stream.can_go_live(page) else None
        return page

    def forget_newest_pages(self) -> None:
        """Read the newest pages again when they are needed: an author has another name."""
        for stream in self._streams.values():
            stream.newest_page = None

    async def stop(self) -> None:
        """Cancel what is under way."""
        await self._heads.stop()
        await self.rights.stop()
        await self._background.stop()
