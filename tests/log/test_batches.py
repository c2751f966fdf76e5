"""One transaction takes every kind of write, in the order of submission."""

from chat import log
from chat.log import Deletion
from chat.log.messages import COLUMNS
from chat.models import Message, Room
from tests.log.test_log import LogTestCase


class MixedBatchTests(LogTestCase):
    def versions(self, outcomes) -> list[int]:
        return [outcome.version for outcome in outcomes]

    def test_new_messages_and_deletions_are_numbered_in_one_order(self):
        log.commit_writes([self.draft("a"), self.draft("b")])
        outcomes = log.commit_writes(
            [
                self.draft("c"),
                Deletion(self.room.pk, 1, deleted=True),
                self.draft("d"),
                Deletion(self.room.pk, 1, deleted=False),
            ]
        )
        assert self.versions(outcomes) == [3, 4, 5, 6]
        assert self.stored() == [(1, 6, "a"), (2, 2, "b"), (3, 3, "c"), (4, 5, "d")]
        self.room.refresh_from_db()
        assert (self.room.version, self.room.last_seq) == (6, 4)

    def test_a_receipt_has_what_is_to_be_published(self):
        log.commit_writes([self.draft("a")])
        (receipt,) = log.commit_writes([Deletion(self.room.pk, 1, deleted=True)])
        assert (receipt.room.slug, receipt.message.seq) == ("lobby", 1)
        assert receipt.message.is_deleted

    def test_a_deletion_that_changes_nothing_takes_no_version(self):
        log.commit_writes([self.draft("a")])
        (receipt,) = log.commit_writes([Deletion(self.room.pk, 1, deleted=False)])
        assert (receipt.duplicate, receipt.version) == (True, 1)
        self.room.refresh_from_db()
        assert self.room.version == 1

    def test_a_message_or_a_room_that_is_gone_is_not_found(self):
        other = Room.objects.create(slug="tea", name="Tea")
        log.commit_writes([self.draft("a", room=other)])
        gone = [Deletion(self.room.pk, 1, deleted=True), Deletion(0, 1, deleted=True)]
        outcomes = log.commit_writes([*gone, self.draft("b")])
        assert [outcome.code for outcome in outcomes[:2]] == ["not_found", "not_found"]
        assert not Message.objects.exclude(deleted_at=None).exists()
        assert outcomes[2].seq == 1

    def test_a_repeat_beside_a_deletion_undoes_neither(self):
        log.commit_writes([self.draft("a"), self.draft("b")])
        deletion = Deletion(self.room.pk, 2, deleted=True)
        outcomes = log.commit_writes([self.draft("a"), deletion, self.draft("c")])
        assert [outcome.duplicate for outcome in outcomes] == [True, False, False]
        assert self.stored() == [(1, 1, "a"), (2, 3, "b"), (3, 4, "c")]


class ColumnTests(LogTestCase):
    def test_a_stored_message_has_every_column_of_its_row(self):
        columns = {field.column for field in Message._meta.concrete_fields} - {"id"}
        assert set(COLUMNS) == columns

    def test_what_is_written_is_what_is_read(self):
        (receipt,) = log.commit_writes([self.draft("a", "\u65e5\u672c\n")])
        ((read,), _, _) = log.page(self.room.pk, log.Place(), 1)
        assert read == receipt.message
