"""One transaction takes every kind of write, in the order of submission."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import log
from chat.log import Deletion, Edit, React, Reactions
from chat.log.messages import COLUMNS, insertion
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

    def test_all_that_a_batch_names_is_read_at_once(self):
        tea = Room.objects.create(slug="tea", name="Tea")
        for room in (self.room, tea):
            log.commit_writes([self.draft(f"{n}", room=room) for n in range(10)])
            log.commit_writes([self.draft("r", room=room)._replace(reply_to=1)])

        def queries(count: int) -> int:
            rooms = (self.room, tea)
            drafts = [self.draft(f"{count}-{n}", room=r) for r in rooms for n in range(count)]
            replies = [draft._replace(reply_to=11 - n % 10) for n, draft in enumerate(drafts)]
            with CaptureQueriesContext(connection) as captured:
                outcomes = log.commit_writes(replies)
            assert [o.message.original.seq for o in outcomes] == [r.reply_to for r in replies]
            return len(captured)

        assert queries(1) == queries(8)
        changes = [Deletion(room.pk, n, True) for room in (self.room, tea) for n in range(1, 12)]
        with CaptureQueriesContext(connection) as captured:
            log.commit_writes(changes)
        assert sum(query["sql"].startswith("SELECT") for query in captured) == 1

    def test_a_message_is_replied_to_and_changed_in_the_batch_that_writes_it(self):
        edit = Edit(self.room.pk, self.ana.pk, 1, "better", None, timedelta(days=1))
        reply = self.draft("b")._replace(reply_to=1)
        react = React(self.room.pk, self.ana.pk, 2, "\U0001f44d", True)
        reacts = Reactions(self.room.pk, 2, [react])
        outcomes = log.commit_writes([self.draft("a"), reply, edit, reacts, self.draft("c")])
        first, second, edited, reacted, _ = outcomes
        assert (first.message.body, second.message.original.body) == ("hi", "hi")
        assert (edited.message.body, reacted.message.original.body) == ("better", "better")
        assert self.stored() == [(1, 3, "a"), (2, 4, "b"), (3, 5, "c")]
        page = log.page(self.room.pk, log.Place(), 10).messages
        assert page[:2] == [edited.message, reacted.message]

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

    def test_each_message_of_a_batch_keeps_what_it_alone_has(self):
        log.commit_writes([self.draft("a")])
        everybody = log.Mentions(everybody="here")
        plain, reply, text, call = (self.draft(name) for name in "bcde")
        reply, text = reply._replace(reply_to=1), text._replace(format="plain")
        outcomes = log.commit_writes([plain, reply, text, call._replace(mentions=everybody)])
        written = [outcome.message for outcome in outcomes]
        assert log.page(self.room.pk, log.Place(), 10).messages[1:] == written
        own = [(m.reply_to, m.format, m.mentions_all) for m in written]
        assert own == [
            (None, None, None),
            (1, None, None),
            (None, "plain", None),
            (None, None, "here"),
        ]

    def test_a_plain_message_is_written_without_what_it_has_not(self):
        (receipt,) = log.commit_writes([self.draft("a")])
        sql, (row,) = insertion([receipt.message], "now")
        assert "reply_to" not in sql
        assert None not in row
