"""A room's tail: kept while a follower may need it, and trimmed when the room is idle."""

import asyncio
import json
from unittest import IsolatedAsyncioTestCase, mock

from chat.live.stream import IDLE_AFTER, Stream
from chat.log import Backlog
from chat.models import Room
from tests.support.clients import EventInbox
from tests.support.sockets import DEADLINE


class Reader(EventInbox):
    """A follower's sink; `received` has the numbers of its events."""

    def __init__(self):
        self.received: list[int] = []
        super().__init__(lambda event: self.received.append(event["n"]))

    def write_frame(self, frame) -> bool:
        return self.write(frame)

    def resynchronise(self, follower) -> None:
        self.received.append("from the log")


class BrokenFollowerTests(IsolatedAsyncioTestCase):
    async def test_a_follower_that_raises_does_not_affect_the_others(self):
        stream, readers = Stream(Room(pk=1, slug="lobby")), [Reader() for _ in range(5)]
        broken, *others = readers
        broken.write_frame = mock.Mock(side_effect=RuntimeError)
        for reader in readers:
            stream.go_live(stream.add(reader), 0)
        with self.assertLogs("chat.live.stream", "ERROR"):
            stream.apply_changes(1, ['{"n": 1}'])
            stream.flush_to_followers()
        stream.apply_changes(2, ['{"n": 2}'])
        stream.flush_to_followers()
        assert [reader.received for reader in others] == [[1, 2]] * 4
        assert broken.write_frame.call_count == 1


class FlushTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.stream, self.reader = Stream(Room(pk=1, slug="lobby")), Reader()
        self.stream.go_live(self.stream.add(self.reader), 0)

    async def test_a_change_alone_is_written_at_once(self):
        self.stream.apply_changes(1, ['{"n": 1}'])
        self.stream.flush_if_due()
        assert self.reader.received == [1]

    async def test_a_change_soon_after_a_flush_waits_where_that_pays(self):
        with mock.patch("chat.live.stream.load.linger_after", return_value=0.001):
            self.stream.apply_changes(1, ['{"n": 1}'])
            self.stream.flush_if_due()
        self.stream.apply_changes(2, ['{"n": 2}'])
        self.stream.flush_if_due()
        assert self.reader.received == [1]
        async with asyncio.timeout(DEADLINE):
            while self.reader.received != [1, 2]:
                await asyncio.sleep(0)


class IdleTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.stream = Stream(Room(pk=1, slug="lobby"))
        self.reader = Reader()
        self.follower = self.stream.add(self.reader)
        self.stream.pause(self.follower)
        self.stream.go_live(self.follower, 0)
        self.append(1, 100)

    def append(self, first: int, last: int) -> None:
        texts = [json.dumps({"n": number}) for number in range(first, last + 1)]
        assert self.stream.apply_changes(first, texts)
        self.stream.flush_to_followers()

    def tail_after_idle(self, seconds: float = IDLE_AFTER + 1) -> int:
        """Pass `seconds` without an event; return how many events the tail keeps."""
        later = self.stream.now() + seconds
        with mock.patch.object(self.stream, "now", return_value=later):
            self.stream.trim_when_idle()
        return len(self.stream._tail)

    async def test_the_tail_of_an_idle_room_is_trimmed(self):
        assert self.tail_after_idle() == 1

    async def test_the_tail_of_a_room_that_was_just_active_is_kept(self):
        assert self.tail_after_idle(seconds=IDLE_AFTER - 1) == 100

    async def test_the_tail_is_kept_for_a_follower_that_lags(self):
        self.reader.blocked = True
        self.append(101, 110)
        self.append(111, 120)
        assert self.tail_after_idle() == 120
        self.reader.blocked = False
        self.stream.catch_up(self.follower)
        assert self.reader.received == list(range(1, 121))
        assert self.tail_after_idle() == 1

    async def test_the_tail_is_kept_for_a_follower_that_is_joining(self):
        self.stream.add(Reader())
        assert self.tail_after_idle() == 100

    async def test_events_after_the_trim_arrive_once(self):
        self.stream.note_received(self.follower, 50)
        self.tail_after_idle()
        self.append(101, 300)
        assert self.reader.received == list(range(1, 301))

    async def test_the_window_of_a_follower_is_unchanged_by_the_trim(self):
        self.stream.note_received(self.follower, 100)
        self.tail_after_idle()
        for version in range(101, 500):
            self.append(version, version)
        assert 100 + 256 <= len(self.reader.received) <= 100 + 257
        self.stream.note_received(self.follower, 356)
        assert self.reader.received == list(range(1, 500))

    async def test_a_backlog_older_than_the_tail_cannot_go_live(self):
        self.tail_after_idle()
        for version, fits in ((98, False), (99, True), (100, True)):
            room = Room(pk=1, slug="lobby", version=version, epoch=self.stream.room.epoch)
            assert self.stream.can_go_live(Backlog(room, [], reset=False, more=False)) is fits
