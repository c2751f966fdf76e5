"""Reactions: one emoji a person, counted on the message, one version for all of a batch."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat import log
from chat.log import Deletion, Edit, Question, React, Reactions
from chat.models import Message, Person, Reaction, Room
from chat.protocol import Message as MessageObject
from chat.rules.errors import ChatError
from tests.log.test_changes import DAY, ChangeTestCase

THUMB, HEART = "👍", "❤️"
DIFFERENT = [chr(0x1F600 + n) for n in range(21)]


class ReactionTestCase(ChangeTestCase):
    def react(self, *reacts: tuple[Person, str, bool], seq: int = 1):
        """Commit reactions as one write; return its outcome."""
        rows = [React(self.room.pk, who.pk, seq, emoji, on) for who, emoji, on in reacts]
        return log.commit_writes([Reactions(self.room.pk, seq, rows)])[0]

    def crowd(self, number: int) -> list[Person]:
        people = Person.objects.bulk_create(
            Person(name=f"P{n}", name_key=f"p{n}") for n in range(number)
        )
        return list(people)

    def shown(self, seq: int = 1) -> list[tuple[str, int, list[str]]]:
        """Return the reactions as a reader of the log is sent them."""
        (message,) = [m for m in log.changes(self.room.pk, 0, 10) if m.seq == seq]
        shown = MessageObject.of(message).reactions or []
        return [(reaction.emoji, reaction.count, reaction.by) for reaction in shown]

    def check_counts(self) -> None:
        """Check that what messages carry is what the rows say."""
        for message in Message.objects.all():
            rows = Reaction.objects.filter(room_id=message.room_id, seq=message.seq)
            expected: dict[str, list[str]] = {}
            for row in rows.select_related("person"):
                expected.setdefault(row.emoji, []).append(row.person.public_id)
            shown = {emoji: (count, by) for emoji, count, by in self.shown(message.seq)}
            assert shown == {e: (len(ids), ids[:20]) for e, ids in expected.items()}


class ReactTests(ReactionTestCase):
    def test_a_reaction_is_the_next_version_of_its_message(self):
        outcome = self.react((self.ion, THUMB, True))
        (part,) = outcome.parts
        assert (part.seq, part.version, part.duplicate) == (1, 3, False)
        assert self.shown() == [(THUMB, 1, [self.ion.public_id])]
        assert self.texts() == [(3, "first"), (2, "second")]

    def test_all_reactions_of_a_batch_are_one_version(self):
        people = self.crowd(30)
        outcome = self.react(*((who, THUMB, True) for who in people))
        assert {part.version for part in outcome.parts} == {3}
        self.room.refresh_from_db()
        assert self.room.version == 3
        ids = [who.public_id for who in people]
        assert self.shown() == [(THUMB, 30, ids[:20])]

    def test_the_same_again_changes_nothing(self):
        self.react((self.ion, THUMB, True))
        again = self.react((self.ion, THUMB, True), (self.ana, HEART, False))
        assert again.duplicate
        assert [(part.duplicate, part.version) for part in again.parts] == [(True, 3)] * 2
        self.check_counts()

    def test_there_and_back_in_one_batch_is_no_change(self):
        outcome = self.react((self.ion, THUMB, True), (self.ion, THUMB, False))
        assert outcome.duplicate
        assert (self.shown(), Reaction.objects.count()) == ([], 0)

    def test_the_last_of_an_emoji_takes_it_away(self):
        self.react((self.ion, THUMB, True), (self.ana, HEART, True))
        self.react((self.ion, THUMB, False))
        assert self.shown() == [(HEART, 1, [self.ana.public_id])]
        self.react((self.ana, HEART, False))
        assert Message.objects.get(seq=1).reactions is None

    def test_who_follows_takes_the_place_of_who_left(self):
        people = self.crowd(25)
        self.react(*((who, THUMB, True) for who in people))
        self.react((people[3], THUMB, False), (self.ana, THUMB, True), (people[3], THUMB, True))
        self.react((people[5], THUMB, False), (self.ion, HEART, True))
        self.check_counts()
        assert self.shown()[0][1:] == (25, [p.public_id for p in people if p != people[5]][:20])

    def test_a_21st_emoji_is_refused_and_joining_is_not(self):
        self.react(*((self.ana, emoji, True) for emoji in DIFFERENT[:19]))
        outcome = self.react(
            (self.ion, DIFFERENT[19], True),
            (self.ion, DIFFERENT[20], True),
            (self.ana, DIFFERENT[19], True),
            (self.ion, DIFFERENT[0], True),
        )
        codes = [getattr(part, "code", None) for part in outcome.parts]
        assert codes == [None, "bad_request", None, None]
        assert len(self.shown()) == 20
        outcome = self.react((self.ana, DIFFERENT[5], False), (self.ion, DIFFERENT[20], True))
        assert not any(isinstance(part, ChatError) for part in outcome.parts)
        self.check_counts()

    def test_what_is_deleted_or_missing_takes_none(self):
        self.react((self.ion, THUMB, True))
        self.delete(1)
        assert Reaction.objects.count() == 0
        assert self.shown() == []
        self.refused(self.react((self.ion, HEART, True)), "bad_request")
        self.refused(self.react((self.ion, HEART, True), seq=3), "not_found")
        log.restore(Message.objects.get(seq=1).pk)
        assert self.shown() == []

    def test_a_room_that_is_gone_takes_its_reactions_with_it(self):
        self.react((self.ion, THUMB, True))
        Room.objects.all().delete()
        assert Reaction.objects.count() == 0

    def test_an_edit_keeps_them(self):
        self.react((self.ion, THUMB, True))
        self.edit(1, "better")
        assert self.shown() == [(THUMB, 1, [self.ion.public_id])]

    def test_a_batch_makes_them_in_its_order(self):
        reactions = [
            Reactions(self.room.pk, 1, [React(self.room.pk, self.ion.pk, 1, THUMB, on)])
            for on in (True, False, True)
        ]
        edit = Edit(self.room.pk, self.ana.pk, 1, "better", None, DAY)
        deletion = Deletion(self.room.pk, 2, True, self.ana.pk)
        outcomes = log.commit_writes([reactions[0], edit, reactions[1], deletion, reactions[2]])
        assert [outcome.version for outcome in outcomes] == [3, 4, 5, 6, 7]
        assert self.shown() == [(THUMB, 1, [self.ion.public_id])]

    def test_whoever_may_not_write_may_not_react(self):
        self.react((self.ana, THUMB, True))
        outcome = self.react((self.charlie, THUMB, True), (self.ion, THUMB, True))
        assert [getattr(part, "code", None) for part in outcome.parts] == ["forbidden", None]
        Room.objects.update(closed=True)
        for who, emoji, on in ((self.ion, HEART, True), (self.ion, THUMB, False)):
            assert self.react((who, emoji, on)).parts[0].code == "forbidden"
        assert self.react((self.ion, THUMB, True)).parts[0].duplicate
        self.check_counts()

    def test_own_reactions_are_read_for_many_in_one_statement(self):
        self.react((self.ana, THUMB, True), (self.ion, HEART, True), (self.ana, HEART, True))
        self.react((self.ana, HEART, True), seq=2)
        questions = [
            Question(self.room.pk, self.ana.pk, frozenset([1])),
            Question(self.room.pk, self.ion.pk, frozenset([1, 2])),
            Question(self.room.pk, self.charlie.pk, frozenset([1, 2])),
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answers = log.own_reactions(questions)
        assert len(queries) == 1
        assert answers == [{1: [THUMB, HEART]}, {1: [HEART]}, {}]
