"""Edits and deletions: by the author, once, numbered like everything else in the log."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat import log
from chat.log import Deletion, Edit, Mentioned, Mentions, React, Reactions
from chat.models import Configuration, Message, Person, Revision, Room
from chat.rules.errors import ChatError
from tests.log.test_log import LogTestCase

DAY = timedelta(days=1)


class ChangeTestCase(LogTestCase):
    def setUp(self):
        super().setUp()
        self.ion = Person.objects.create(name="Ion")
        log.commit_writes([self.draft("a", "first"), self.draft("b", "second")])

    def edit(self, seq: int, body: str, author: Person | None = None, base=None, window=DAY):
        edit = Edit(self.room.pk, (author or self.ana).pk, seq, body, base, window)
        return log.commit_writes([edit])[0]

    def delete(self, seq: int, author: Person | None = None):
        return log.commit_writes([Deletion(self.room.pk, seq, True, (author or self.ana).pk)])[0]

    def texts(self) -> list[tuple[int, str]]:
        return list(Message.objects.order_by("seq").values_list("version", "body"))

    def refused(self, outcome, code: str) -> None:
        assert isinstance(outcome, ChatError), outcome
        assert outcome.code == code
        self.room.refresh_from_db()
        assert self.room.version == max(version for version, _ in self.texts())


class EditTests(ChangeTestCase):
    def test_an_edit_is_the_next_version_and_keeps_seq_and_time(self):
        before = Message.objects.get(seq=1)
        receipt = self.edit(1, "better")
        after = Message.objects.get(seq=1)
        assert (receipt.seq, receipt.version, receipt.duplicate) == (1, 3, False)
        assert (receipt.message.body, receipt.message.edited_at) == ("better", after.edited_at)
        assert self.texts() == [(3, "better"), (2, "second")]
        assert (after.created_at, after.client_id) == (before.created_at, before.client_id)
        assert [m.body for m in log.changes(self.room.pk, 2, 10)] == ["better"]

    def test_each_former_text_is_kept_with_its_version(self):
        self.edit(1, "better")
        self.edit(1, "best")
        kept = Revision.objects.filter(seq=1).values_list("version", "body")
        assert list(kept) == [(3, "better"), (1, "first")]

    def test_edits_of_one_batch_are_made_in_their_order(self):
        edits = [Edit(self.room.pk, self.ana.pk, 1, text, None, DAY) for text in ("x", "y")]
        first, second = log.commit_writes(edits)
        assert (first.version, second.version) == (3, 4)
        assert self.texts()[0] == (4, "y")
        assert first.message.edited_at < second.message.edited_at == second.at
        assert Revision.objects.count() == 2

    def test_the_same_text_again_changes_nothing(self):
        self.edit(1, "better", base=1)
        again = self.edit(1, "better", base=1)
        assert (again.duplicate, again.version) == (True, 3)
        assert Revision.objects.count() == 1

    def test_only_the_author_edits(self):
        self.refused(self.edit(1, "not mine", author=self.ion), "forbidden")
        self.refused(self.edit(1, "first", author=self.ion), "forbidden")

    def test_an_edit_of_a_version_that_changed_meanwhile_is_a_conflict(self):
        self.edit(1, "from the phone", base=1)
        self.refused(self.edit(1, "from the desk", base=1), "conflict")
        assert self.edit(1, "after looking", base=3).version == 4

    def test_a_reaction_meanwhile_does_not_stop_an_edit(self):
        react = React(self.room.pk, self.ion.pk, 1, "\U0001f44d", True)
        log.commit_writes([Reactions(self.room.pk, 1, [react])])
        assert self.edit(1, "better", base=1).version == 4
        self.refused(self.edit(1, "late", base=3), "conflict")
        self.refused(self.edit(1, "of the future", base=5), "conflict")

    def test_an_edit_of_a_version_is_repeated_after_a_newer_one(self):
        self.edit(1, "better", base=1)
        self.edit(1, "best")
        again = self.edit(1, "better", base=1)
        assert (again.duplicate, again.version) == (True, 4)
        assert self.texts()[0] == (4, "best")
        self.refused(self.edit(1, "best of all", base=1), "conflict")

    def test_an_edit_may_change_only_who_is_meant(self):
        def name(*people: Person, base: int | None = None):
            found = tuple(Mentioned(p.pk, p.public_id, p.name, p.kind) for p in people)
            edit = Edit(self.room.pk, self.ana.pk, 1, "first", base, DAY)
            named = Mentions(found, chosen=len(found))
            edit = edit._replace(mentions=named, names_people="alone")
            return log.commit_writes([edit])[0]

        assert name(self.ion, self.ana).version == 3
        assert name(self.ana, self.ion).duplicate
        assert self.edit(1, "first").duplicate
        self.refused(name(base=1), "conflict")
        assert name().message.mentions is None

    def test_after_its_window_a_message_stays_as_it_is(self):
        Message.objects.filter(seq=1).update(created_at=timezone.now() - DAY)
        self.refused(self.edit(1, "too late"), "forbidden")
        self.refused(self.edit(2, "never", window=timedelta(0)), "forbidden")

    def test_a_deleted_message_takes_no_edit(self):
        self.delete(1)
        self.refused(self.edit(1, "back"), "bad_request")

    def test_what_is_not_there_is_not_found(self):
        self.refused(self.edit(3, "new"), "not_found")
        missing = Edit(0, self.ana.pk, 1, "x", None, DAY)
        assert log.commit_writes([missing])[0].code == "not_found"

    def test_whoever_may_not_write_may_not_edit(self):
        for refuse, allow in (
            (lambda: Room.objects.update(closed=True), lambda: Room.objects.update(closed=False)),
            (
                lambda: Person.objects.update(blocked_at=timezone.now()),
                lambda: Person.objects.update(blocked_at=None),
            ),
            (
                lambda: Configuration(guests_may_write=False).save(),
                lambda: Configuration(guests_may_write=True).save(),
            ),
        ):
            refuse()
            self.refused(self.edit(1, "changed"), "forbidden")
            self.refused(self.delete(1), "forbidden")
            allow()

    def test_a_refused_edit_disturbs_no_other_write_of_its_batch(self):
        refused = Edit(self.room.pk, self.ion.pk, 1, "not mine", None, DAY)
        outcomes = log.commit_writes([self.draft("c"), refused, self.draft("d")])
        assert [getattr(outcome, "version", None) for outcome in outcomes] == [3, None, 4]

    def test_repeated_drafts_beside_it_do_not_apply_an_edit_twice(self):
        edit = Edit(self.room.pk, self.ana.pk, 1, "better", None, DAY)
        outcomes = log.commit_writes([edit, self.draft("a", "first"), self.draft("c")])
        assert [outcome.version for outcome in outcomes] == [3, 1, 4]
        assert Revision.objects.count() == 1


class DeletionTests(ChangeTestCase):
    def test_an_author_deletes_their_message_once(self):
        first, again = self.delete(1), self.delete(1)
        assert (first.version, first.message.is_deleted) == (3, True)
        assert (again.version, again.duplicate) == (3, True)

    def test_nobody_deletes_the_message_of_somebody_else(self):
        self.refused(self.delete(1, author=self.ion), "forbidden")
        log.delete(Message.objects.get(seq=1).pk)
        self.refused(self.delete(1, author=self.ion), "forbidden")

    def test_what_a_moderator_deleted_its_author_cannot_restore(self):
        log.delete(Message.objects.get(seq=1).pk)
        assert self.delete(1).duplicate
        with pytest.raises(ChatError):
            raise self.edit(1, "back")

    def test_a_missing_message_is_not_found(self):
        self.refused(self.delete(3), "not_found")
