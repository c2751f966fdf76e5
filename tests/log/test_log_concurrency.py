"""Concurrent writers on one log, each in its own thread, as in several processes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import chain

from django.db import connections
from django.test import TransactionTestCase

from chat import log
from chat.log import Draft
from chat.models import Message, Person, Room


class ConcurrencyTests(TransactionTestCase):
    WRITERS, BATCHES, SIZE = 2, 12, 4
    TOTAL = WRITERS * BATCHES * SIZE

    def setUp(self):
        self.room = Room.objects.create(slug="lobby", name="Lobby")
        self.authors = [Person.objects.create(name=f"P{n}") for n in range(self.WRITERS)]
        self.start = threading.Barrier(self.WRITERS + 1)
        self.news = threading.Event()

    def write(self, author: Person) -> list[int]:
        """Write batches; return the versions in the order in which they were committed."""
        versions = []
        with closing(connections["default"]):
            self.start.wait()
            for batch in range(self.BATCHES):
                drafts = [
                    Draft(self.room.pk, author.pk, f"{batch}-{n}", f"{batch}-{n}")
                    for n in range(self.SIZE)
                ]
                versions += [receipt.version for receipt in log.commit_writes(drafts)]
                self.news.set()
        return versions

    def follow(self) -> list[int]:
        """Read the changes after the last version until all are there; return the versions."""
        seen = [0]
        with closing(connections["default"]):
            self.start.wait()
            while seen[-1] < self.TOTAL:
                assert self.news.wait(timeout=10)
                self.news.clear()
                seen += [m.version for m in log.changes(self.room.pk, seen[-1], self.TOTAL)]
        return seen[1:]

    def test_concurrent_writers_leave_no_gap_and_readers_miss_nothing(self):
        with ThreadPoolExecutor(self.WRITERS + 1) as threads:
            writing = [threads.submit(self.write, author) for author in self.authors]
            following = threads.submit(self.follow)
            versions = [future.result(timeout=30) for future in writing]
            assert following.result(timeout=30) == list(range(1, self.TOTAL + 1))
        assert sorted(chain(*versions)) == list(range(1, self.TOTAL + 1))
        assert all(batch == sorted(batch) for batch in versions)
        seqs = Message.objects.order_by("seq").values_list("seq", flat=True)
        assert list(seqs) == list(range(1, self.TOTAL + 1))

    def test_the_same_message_sent_twice_at_once_is_stored_once(self):
        self.authors = [self.authors[0]] * self.WRITERS
        self.start = threading.Barrier(self.WRITERS)
        with ThreadPoolExecutor(self.WRITERS) as threads:
            first, second = threads.map(self.write, self.authors)
        assert first == second
        assert Message.objects.count() == self.BATCHES * self.SIZE
