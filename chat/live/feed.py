"""The rooms that one process's connections follow, kept in step with the log.

What this process commits is applied at once; what others commit comes as hints. A hint for the
next version is applied, an older one dropped, and a newer one means that something was missed:
then the log is read up to it. Now and then the heads of all rooms are compared with the database,
so a hint that never came delays a message and cannot lose it.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy

from chat import log, protocol
from chat.cluster.hints import Hint, Hints, room_group
from chat.live.batcher import Batcher
from chat.live.follower import Follower, Sink
from chat.live.stream import Stream, settings_of
from chat.live.threads import DatabaseThreads
from chat.log import Excerpt, Head
from chat.models import Message, Room
from chat.rules.errors import ChatError, not_found, unavailable

logger = logging.getLogger(__name__)

CATCH_UP = 500
MAX_READINGS = 5


class Feed:
    """One process's streams, each with one subscription to the channel layer."""

    def __init__(self, hints: Hints, readers: DatabaseThreads):
        self._hints = hints
        self._readers = readers
        self._streams: dict[int, Stream] = {}
        self._by_slug: dict[str, Stream] = {}
        self._heads = Batcher(readers, self._read_heads)
        self._seen: dict[int, int] = {}
        self._comparing = asyncio.Lock()
        self._tasks: set[asyncio.Task] = set()
        hints.handle("changes", self._on_changes)
        hints.handle("room", self._on_room)

    def stream(self, room_id: int) -> Stream | None:
        """Give the stream of a room, if this process follows it."""
        return self._streams.get(room_id)

    def room_at(self, slug: str) -> Room | None:
        """Give the room at an address, if this process follows it."""
        stream = self._by_slug.get(slug)
        return stream.room if stream else None

    def streams(self) -> list[Stream]:
        """Give all streams of this process."""
        return list(self._streams.values())

    async def follow(self, room: Room, sink: Sink) -> Follower:
        """Add a follower, held back until it is released; what comes meanwhile waits for it."""
        stream = self._streams.get(room.pk)
        if stream is None:
            stream = self._streams[room.pk] = self._by_slug[room.slug] = Stream(room)
        follower = stream.hold_back(sink)
        # Joining a group twice costs nothing, and a second follower may come while the first waits.
        await self._hints.follow(room_group(room.pk))
        return follower

    def unfollow(self, follower: Follower) -> None:
        """Take a follower out; the stream stays a little longer."""
        follower.stream.drop(follower)

    def unused(self, needed: Iterable[int]) -> list[int]:
        """Give the rooms that nobody here follows any more, except those of `needed`."""
        idle = self._streams.keys() - set(needed)
        return [room_id for room_id in idle if not self._streams[room_id].followers]

    def forget(self, room_id: int) -> None:
        """Let go of a room's stream at once, and of its subscription soon."""
        stream = self._streams.pop(room_id)
        self._forget_address(stream)
        self._spawn(self._unsubscribe(room_id))

    def _forget_address(self, stream: Stream) -> None:
        if self._by_slug.get(stream.room.slug) is stream:
            del self._by_slug[stream.room.slug]

    async def _unsubscribe(self, room_id: int) -> None:
        # Whoever joined again meanwhile needs the subscription.
        if room_id not in self._streams:
            await self._hints.unfollow(room_group(room_id))

    def emit(self, room_id: int, event: protocol.Event) -> None:
        """Send an event that is no message to the room's followers in this process."""
        if stream := self._streams.get(room_id):
            stream.emit(event.encode())

    def committed(self, messages: Iterable[Message]) -> None:
        """Deliver what was just committed, here and in the other processes.

        Messages of one room come in the order of their versions.
        """
        by_room: dict[int, list[Message]] = defaultdict(list)
        for message in messages:
            by_room[message.room_id].append(message)
        for room_id, changed in by_room.items():
            slug = changed[0].room.slug
            texts = [protocol.MessageEvent.of(slug, message).encode() for message in changed]
            first = changed[0].version
            self._apply(room_id, slug, first, texts)
            self._hints.publish(
                *(room_group(room_id), "changes"),
                room=room_id,
                slug=slug,
                epoch=changed[0].room.epoch,
                first=first,
                texts=texts,
            )

    def _on_changes(self, hint: Hint) -> None:
        stream = self._streams.get(hint["room"])
        if stream and stream.room.epoch == hint["epoch"]:
            self._apply(hint["room"], hint["slug"], hint["first"], hint["texts"])

    def _apply(self, room_id: int, slug: str, first: int, texts: list[str]) -> None:
        stream = self._streams.get(room_id)
        if stream and slug != stream.room.slug:
            # The room moves: it is told under the address that its followers know, from the log.
            self._spawn(self.compare([room_id]))
        elif stream and not stream.apply(first, texts):
            self.notice(room_id, first + len(texts) - 1)

    def notice(self, room_id: int, version: int) -> None:
        """Read the log if this process is behind a version of a room that somebody has seen."""
        stream = self._streams.get(room_id)
        if stream is None or version <= stream.version:
            return
        reading = room_id in self._seen
        self._seen[room_id] = max(version, self._seen.get(room_id, 0))
        if not reading:
            self._spawn(self._catch_up(stream))

    async def _catch_up(self, stream: Stream) -> None:
        """Apply what the log has and the stream has not, up to the last version seen.

        What is seen while the log is read may be newer than the reading: then it is read again.
        """
        room_id = stream.room.pk
        try:
            while missed := await self._readers.run(log.changes, room_id, stream.version, CATCH_UP):
                for message in missed:
                    event = protocol.MessageEvent.of(stream.room.slug, message)
                    stream.apply_from_log(message.version, event.encode())
                if stream.version >= self._seen[room_id]:
                    return
        finally:
            del self._seen[room_id]

    def _on_room(self, hint: Hint) -> None:
        if hint["room"] in self._streams:
            self._spawn(self.compare([hint["room"]]))

    async def compare(self, room_ids: Iterable[int] | None = None) -> None:
        """Compare streams (all, or of some rooms) with the database, and mend what differs."""
        followed = [i for i in (room_ids or tuple(self._streams)) if i in self._streams]
        if not followed:
            return
        # One at a time: of two, the older reading must not come last.
        async with self._comparing:
            told = {i: stream.version for i, stream in self._streams.items()}
            heads = await self._readers.run(log.heads, followed)
            for room_id, head in tuple(heads.items()):
                if self._is_behind(head, self._streams.get(room_id), told.get(room_id, 0)):
                    await self._readers.run(log.begin_anew, room_id, head.epoch)
                    del heads[room_id]
            differing = [i for i in followed if not self._is_at(i, heads.get(i))]
            if not differing:
                return
            current = await self._readers.run(log.rooms_by_id, differing)
            for room_id in differing:
                if stream := self._streams.get(room_id):
                    self._mend(stream, current.get(room_id))

    def _is_at(self, room_id: int, head: Head | None) -> bool:
        """Whether the stream of a room, if there is one, knows all that a head tells."""
        stream = self._streams.get(room_id)
        return stream is None or (head is not None and stream.knows(head))

    @staticmethod
    def _is_behind(head: Head | Room, stream: Stream | None, known: int) -> bool:
        """Whether the database is behind the version `known` before it was asked, and which it
        once gave: it was restored, or failed over."""
        return stream is not None and head.epoch == stream.room.epoch and head.version < known

    def _mend(self, stream: Stream, room: Room | None) -> None:
        if room is None:
            # The stream and its subscription go as unused, when presence is through with them.
            self._forget_address(stream)
            for follower in tuple(stream.followers):
                follower.sink.room_gone(follower)
            return
        self._tell_settings(stream, room)
        if room.epoch != stream.room.epoch:
            stream.restart(room)
        else:
            self.notice(room.pk, room.version)

    def _tell_settings(self, stream: Stream, room: Room) -> None:
        before = stream.room
        if settings_of(before) == settings_of(room):
            return
        self._forget_address(stream)
        stream.take_settings(room)
        self._by_slug[room.slug] = stream
        was = before.slug if before.slug != room.slug else None
        if was:
            for follower in stream.followers:
                follower.sink.room_moved(was, room.slug)
        stream.emit(protocol.RoomEvent(room=protocol.Room.of(stream.room), was=was).encode())

    async def excerpt(self, stream: Stream, after: int | None, epoch: str | None) -> Excerpt:
        """Give what a reader of version `after` of `epoch` goes on from, up to the stream's tail.

        It is never older than the call, but shared where it can be: all who come at one moment
        look at the heads of their rooms in one query, who comes back to a room where nothing
        happened needs no more than that, and newcomers to a room are told what is read for one
        of them ("connections" in bench/). Raises ChatError `not_found` or `unavailable`.
        """
        for _ in range(MAX_READINGS):
            known = stream.version
            head = await self._heads.outcome(stream.room.pk)
            if self._is_behind(head, stream, known):
                head = await self._readers.run(log.begin_anew, head.pk, head.epoch)
            self._mend(stream, head)
            if (after, epoch) == (head.version, head.epoch):
                excerpt = Excerpt(head, [], reset=False, more=head.last_seq > 0)
            elif after is None and stream.version >= head.version:
                excerpt = await self._opening(stream, head.version)
            else:
                excerpt = await self._readers.run(log.since, head.pk, after, epoch)
            if stream.can_release(excerpt):
                return excerpt
        raise unavailable()

    @staticmethod
    def _read_heads(room_ids: Sequence[int]) -> list[Room | ChatError]:
        rooms = log.rooms_by_id(set(room_ids))
        return [copy(rooms[i]) if i in rooms else not_found() for i in room_ids]

    async def _opening(self, stream: Stream, version: int) -> Excerpt:
        """Give what newcomers are told, as of a version or later; what comes then follows it."""
        async with stream.reading:
            opening = stream.opening
            if opening is None or opening.room.version < version or not stream.can_release(opening):
                opening = await self._readers.run(log.since, stream.room.pk, None, None)
                stream.opening = opening if stream.can_release(opening) else None
        return opening

    def forget_openings(self) -> None:
        """Read anew what newcomers are told: somebody in it has another name."""
        for stream in self._streams.values():
            stream.opening = None

    def _spawn(self, work) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            # The next comparison tries again.
            logger.warning("The log could not be read: %s", task.exception())

    async def stop(self) -> None:
        """Give up what is under way."""
        await self._heads.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
