"""The log: numbered without gaps, written once, read completely."""

from unittest import mock

import pytest
from django.test import TestCase
from django.utils import timezone

from chat import log
from chat.log import Draft
from chat.models import Configuration, Message, Person, Room
from chat.protocol import MAX_CHANGES, PAGE
from chat.rules.errors import ChatError


class LogTestCase(TestCase):
    def setUp(self):
        self.room = Room.objects.create(slug="lobby", name="Lobby")
        self.ana = Person.objects.create(name="Ana")
        self.charlie = Person.objects.create(name="Charlie", blocked_at=timezone.now())

    def draft(self, id: str, body: str = "hi", author: Person | None = None, room=None) -> Draft:
        return Draft((room or self.room).pk, (author or self.ana).pk, id, body)

    def fill(self, count: int) -> None:
        stored = self.room.messages.count()
        log.commit_writes(
            [self.draft(f"{n}", f"m{n}") for n in range(stored + 1, stored + count + 1)]
        )

    def stored(self) -> list[tuple[int, int, str]]:
        return list(Message.objects.order_by("pk").values_list("seq", "version", "client_id"))


class AppendTests(LogTestCase):
    def test_messages_are_numbered_in_the_order_of_the_batch(self):
        outcomes = log.commit_writes([self.draft("a"), self.draft("b"), self.draft("c")])
        assert [receipt.message.seq for receipt in outcomes] == [1, 2, 3]
        assert self.stored() == [(1, 1, "a"), (2, 2, "b"), (3, 3, "c")]
        self.room.refresh_from_db()
        assert (self.room.version, self.room.last_seq) == (3, 3)

    def test_the_next_batch_continues_where_the_last_one_ended(self):
        log.commit_writes([self.draft("a")])
        log.commit_writes([self.draft("b")])
        assert self.stored() == [(1, 1, "a"), (2, 2, "b")]

    def test_rooms_in_one_batch_are_numbered_separately(self):
        tea = Room.objects.create(slug="tea", name="Tea")
        log.commit_writes([self.draft("a"), self.draft("a", room=tea), self.draft("b")])
        assert self.stored() == [(1, 1, "a"), (1, 1, "a"), (2, 2, "b")]

    def test_an_empty_batch_writes_nothing(self):
        assert log.commit_writes([]) == []

    def test_a_refused_draft_affects_no_other_and_leaves_no_gap(self):
        outcomes = log.commit_writes(
            [self.draft("a"), self.draft("b", author=self.charlie), self.draft("c")]
        )
        assert isinstance(outcomes[1], ChatError)
        assert outcomes[1].code == "forbidden"
        assert self.stored() == [(1, 1, "a"), (2, 2, "c")]

    def test_a_batch_of_refusals_changes_nothing(self):
        log.commit_writes([self.draft("a", author=self.charlie)])
        self.room.refresh_from_db()
        assert (self.room.version, self.stored()) == (0, [])

    def test_permission_to_write_is_read_from_the_database(self):
        draft = self.draft("a")
        Room.objects.update(closed=True)
        assert log.commit_writes([draft])[0].code == "forbidden"
        Room.objects.update(closed=False)
        Person.objects.update(blocked_at=timezone.now())
        assert log.commit_writes([draft])[0].code == "forbidden"
        Person.objects.update(blocked_at=None)
        Configuration(guests_may_write=False).save()
        assert log.commit_writes([draft])[0].code == "forbidden"

    def test_a_missing_room_or_author_is_not_found(self):
        drafts = [Draft(0, self.ana.pk, "a", "hi"), Draft(self.room.pk, 0, "a", "hi")]
        outcomes = log.commit_writes([*drafts, self.draft("b")])
        assert [outcome.code for outcome in outcomes[:2]] == ["not_found", "not_found"]
        assert self.stored() == [(1, 1, "b")]


class RepeatTests(LogTestCase):
    def test_a_repeat_gets_the_first_receipt(self):
        (first,) = log.commit_writes([self.draft("a")])
        (again,) = log.commit_writes([self.draft("a")])
        assert not first.duplicate
        assert again == first._replace(room=None, message=None)
        assert again.duplicate
        assert len(self.stored()) == 1

    def test_a_repeat_within_a_batch_is_stored_once(self):
        first, again, other = log.commit_writes([self.draft("a"), self.draft("a"), self.draft("b")])
        assert (first.duplicate, again.duplicate) == (False, True)
        assert again == first._replace(room=None, message=None)
        assert other.seq == 2
        assert self.stored() == [(1, 1, "a"), (2, 2, "b")]

    def test_another_body_under_the_same_id_is_a_conflict(self):
        _, conflict = log.commit_writes([self.draft("a", "one"), self.draft("a", "two")])
        assert conflict.code == "conflict"
        assert log.commit_writes([self.draft("a", "two")])[0].code == "conflict"
        assert Message.objects.get().body == "one"

    def test_an_id_refused_before_is_free_afterwards(self):
        log.commit_writes([self.draft("a", author=self.charlie)])
        Person.objects.update(blocked_at=None)
        (receipt,) = log.commit_writes([self.draft("a", author=self.charlie)])
        assert not receipt.duplicate

    def test_a_repeat_gets_its_receipt_where_writing_is_now_forbidden(self):
        (first,) = log.commit_writes([self.draft("a")])
        Room.objects.update(closed=True)
        (again,) = log.commit_writes([self.draft("a")])
        assert again == first._replace(room=None, message=None)
        assert again.duplicate

    def test_a_repeat_gets_the_version_of_the_first_write(self):
        (first,) = log.commit_writes([self.draft("a")])
        log.delete(Message.objects.get(seq=first.seq).pk)
        (again,) = log.commit_writes([self.draft("a")])
        assert again.version == 1


class ChangeTests(LogTestCase):
    def test_each_change_takes_the_next_version_but_no_number(self):
        self.fill(2)
        first = Message.objects.get(seq=1)
        assert log.delete(first.pk).version == 3
        assert log.restore(first.pk).version == 4
        self.room.refresh_from_db()
        assert (self.room.version, self.room.last_seq) == (4, 2)
        self.fill(1)
        assert self.stored()[-1] == (3, 5, "3")

    def test_deleting_or_restoring_twice_changes_nothing_more(self):
        self.fill(1)
        message = Message.objects.get()
        assert log.restore(message.pk).version == 1
        assert log.delete(message.pk).version == 2
        assert log.delete(message.pk).version == 2

    def test_a_deleted_message_can_be_restored_with_its_body(self):
        self.fill(1)
        message = Message.objects.get()
        log.delete(message.pk)
        assert log.restore(message.pk).message.body == "m1"


class BacklogTests(LogTestCase):
    def backlog(self, after: int | None, epoch: str | None = None) -> log.Backlog:
        return log.backlog(self.room.pk, after, self.room.epoch if epoch is None else epoch)

    def test_changes_are_sorted_by_version_and_have_their_last_state(self):
        self.fill(3)
        log.delete(Message.objects.get(seq=1).pk)
        log.restore(Message.objects.get(seq=1).pk)
        excerpt = self.backlog(1)
        assert [(m.seq, m.version) for m in excerpt.messages] == [(2, 2), (3, 3), (1, 5)]
        assert (excerpt.reset, excerpt.room.version) == (False, 5)

    def test_what_is_written_while_the_newest_page_is_read_is_left_to_its_event(self):
        self.fill(2)

        def page_after_another_message(*arguments):
            self.fill(1)
            return log.page(*arguments)

        with mock.patch("chat.log.reading.page", page_after_another_message):
            excerpt = self.backlog(None)
        assert [message.seq for message in excerpt.messages] == [1, 2]
        assert (excerpt.room.version, excerpt.room.last_seq) == (2, 2)

    def test_a_backlog_at_the_head_is_empty(self):
        self.fill(3)
        excerpt = self.backlog(3)
        assert (excerpt.messages, excerpt.reset, excerpt.room.version) == ([], False, 3)

    def test_the_backlog_of_an_empty_room_is_empty(self):
        excerpt = self.backlog(0)
        assert (excerpt.messages, excerpt.reset, excerpt.more) == ([], False, False)

    def test_a_fresh_start_is_the_newest_page(self):
        self.fill(PAGE + 1)
        for excerpt in (self.backlog(None), self.backlog(5, "another"), self.backlog(PAGE + 2)):
            assert excerpt.reset
            assert [m.seq for m in excerpt.messages] == list(range(2, PAGE + 2))
            assert excerpt.more
            assert excerpt.room.version == PAGE + 1

    def test_one_change_over_the_maximum_is_a_fresh_start(self):
        self.fill(MAX_CHANGES + 1)
        assert len(self.backlog(1).messages) == MAX_CHANGES
        assert self.backlog(0).reset

    def test_a_missing_room_is_not_found(self):
        with pytest.raises(ChatError) as refusal:
            log.backlog(0, None, None)
        assert refusal.value.code == "not_found"


class PageTests(LogTestCase):
    def page(self, before: int | None, limit: int) -> tuple[list[int], bool]:
        messages, more, _ = log.page(self.room.pk, log.Place(before), limit)
        return [message.seq for message in messages], more

    def test_a_page_ends_before_a_number_and_knows_if_there_is_more(self):
        self.fill(5)
        assert self.page(None, 2) == ([4, 5], True)
        assert self.page(4, 2) == ([2, 3], True)
        assert self.page(2, 2) == ([1], False)
        assert self.page(3, 2) == ([1, 2], False)
        assert self.page(1, 2) == ([], False)
        assert self.page(0, 2) == ([], False)
        assert self.page(100, 100) == ([1, 2, 3, 4, 5], False)

    def test_a_page_has_messages_of_its_room_only(self):
        self.fill(1)
        tea = Room.objects.create(slug="tea", name="Tea")
        assert log.page(tea.pk, log.Place(), 10) == ([], False, False)

    def test_messages_are_read_with_their_authors_in_one_query(self):
        self.fill(30)
        with self.assertNumQueries(2):
            messages = log.page(self.room.pk, log.Place(), 30)[0] + log.changes(self.room.pk, 0, 30)
            assert [message.author.name for message in messages] == ["Ana"] * 60


class RoomTests(LogTestCase):
    def test_creating_a_room_twice_creates_it_once(self):
        assert log.create_room("tea", "Tea", None) == log.create_room("tea", "TEA!", None)
        assert Room.objects.get(slug="tea").name == "Tea"

    def test_a_room_is_found_by_its_exact_address_only(self):
        assert log.find_room("lobby", None) == self.room
        with pytest.raises(ChatError) as refusal:
            log.get_room("LOBBY", None)
        assert refusal.value.code == "not_found"
