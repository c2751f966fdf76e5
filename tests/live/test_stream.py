"""A room's tail: kept while somebody may need it, and let go where nothing happens."""

import json
from unittest import IsolatedAsyncioTestCase, mock

from chat.live.stream import REST_AFTER, Stream
from chat.log import Excerpt
from chat.models import Room
from tests.support.clients import Inbox


class Reader(Inbox):
    """Somebody in the room; `told` is what they heard."""

    def __init__(self):
        self.told: list[int] = []
        super().__init__(lambda event: self.told.append(event["n"]))

    def resynchronise(self, follower) -> None:
        self.told.append("from the log")


class BrokenLineTests(IsolatedAsyncioTestCase):
    async def test_a_line_that_raises_costs_nobody_else_what_is_said(self):
        stream, readers = Stream(Room(pk=1, slug="lobby")), [Reader() for _ in range(5)]
        for reader in readers:
            stream.release(stream.hold_back(reader), 0)
        broken, *others = readers
        broken.write = mock.Mock(side_effect=RuntimeError)
        with self.assertLogs("chat.live.stream", "ERROR"):
            stream.apply(1, ['{"n": 1}'])
            stream.flush()
        stream.apply(2, ['{"n": 2}'])
        stream.flush()
        assert [reader.told for reader in others] == [[1, 2]] * 4
        assert broken.write.call_count == 1


class RestTests(IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.stream = Stream(Room(pk=1, slug="lobby"))
        self.reader = Reader()
        self.follower = self.stream.hold_back(self.reader)
        self.stream.pause(self.follower)
        self.stream.release(self.follower, 0)
        self.say(1, 100)

    def say(self, first: int, last: int) -> None:
        texts = [json.dumps({"n": number}) for number in range(first, last + 1)]
        assert self.stream.apply(first, texts)
        self.stream.flush()

    def rest(self, after: float = REST_AFTER + 1) -> int:
        """Let so many seconds pass; return how many events are kept then."""
        later = self.stream.now() + after
        with mock.patch.object(self.stream, "now", return_value=later):
            self.stream.rest()
        return len(self.stream._tail._entries)

    async def test_where_nothing_happens_the_tail_is_let_go(self):
        assert self.rest() == 1

    async def test_where_something_happened_lately_it_is_kept(self):
        assert self.rest(after=REST_AFTER - 1) == 100

    async def test_it_is_kept_for_who_is_behind_and_goes_on_from_there(self):
        self.reader.blocked = True
        self.say(101, 110)
        self.say(111, 120)
        assert self.rest() == 120
        self.reader.blocked = False
        self.stream.catch_up(self.follower)
        assert self.reader.told == list(range(1, 121))
        assert self.rest() == 1

    async def test_it_is_kept_for_who_is_on_their_way_in(self):
        self.stream.hold_back(Reader())
        assert self.rest() == 100

    async def test_whoever_is_there_hears_what_comes_then_once(self):
        self.stream.received(self.follower, 50)
        self.rest()
        self.say(101, 300)
        assert self.reader.told == list(range(1, 301))

    async def test_the_window_of_who_tells_what_they_received_is_the_same_after_it(self):
        self.stream.received(self.follower, 100)
        self.rest()
        for version in range(101, 500):
            self.say(version, version)
        assert 100 + 256 <= len(self.reader.told) <= 100 + 257
        self.stream.received(self.follower, 356)
        assert self.reader.told == list(range(1, 500))

    async def test_an_older_reading_of_the_log_is_not_gone_on_from(self):
        self.rest()
        for version, fits in ((98, False), (99, True), (100, True)):
            room = Room(pk=1, slug="lobby", version=version, epoch=self.stream.room.epoch)
            assert self.stream.can_release(Excerpt(room, [], reset=False, more=False)) is fits
