"""Who is mentioned is read with the messages, under the names of now, in one statement."""

from datetime import timedelta

from chat import log
from chat.log import Mentioned, Mentions
from chat.models import Notice, Person
from tests.log.test_log import LogTestCase


class MentionTests(LogTestCase):
    def mention(self, id: str, *people: Person, everybody: str | None = None) -> None:
        found = tuple(Mentioned(p.pk, p.public_id, p.name, p.kind) for p in people)
        draft = self.draft(id, "look")._replace(mentions=Mentions(found, everybody))
        log.commit_writes([draft])

    def read(self) -> list[list[str]]:
        with self.assertNumQueries(2):
            page = log.page(self.room.pk, log.Place(), 10)
        return [[person.name for person in message.mentioned] for message in page.messages]

    def test_a_page_reads_all_whom_it_mentions_at_once(self):
        ion = Person.objects.create(name="Ion")
        self.mention("a", ion, self.ana)
        self.mention("b", self.ana, everybody="here")
        self.mention("c")
        assert self.read() == [["Ion", "Ana"], ["Ana"], []]
        Person.objects.filter(pk=ion.pk).update(name="Iona")
        assert self.read()[0] == ["Iona", "Ana"]

    def test_a_person_who_is_gone_is_left_out(self):
        ion = Person.objects.create(name="Ion")
        self.mention("a", ion, self.ana)
        ion.delete()
        assert self.read() == [["Ana"]]

    def test_whom_a_message_means_at_the_end_of_a_batch_is_what_stays(self):
        ion, eva = (Person.objects.create(name=name, kind="bot") for name in ("Ion", "Eva"))
        found = Mentioned(ion.pk, ion.public_id, ion.name, ion.kind)
        nobody, both = Mentions(), Mentions((found,))
        log.commit_writes([self.draft("first", "hello", author=eva)])
        room = self.room.pk

        def edit(seq: int, text: str, mentions: Mentions) -> log.Edit:
            edit = log.Edit(room, self.ana.pk, seq, text, None, timedelta(days=1))
            return edit._replace(mentions=mentions)

        log.commit_writes(
            [
                self.draft("deleted", "@Ion")._replace(mentions=both),
                log.Deletion(room, 2, True, self.ana.pk),
                self.draft("edited", "@Ion")._replace(mentions=both),
                edit(3, "nobody", nobody),
                self.draft("reply", "yes")._replace(reply_to=1),
                edit(4, "yes, @Ion", both),
            ]
        )
        stored = Notice.objects.order_by("seq", "why").values_list("seq", "person__name", "why")
        assert list(stored) == [(4, "Ion", "mention"), (4, "Eva", "reply")]

    def test_a_restored_message_mentions_and_replies_as_before(self):
        self.mention("a", self.ana)
        log.commit_writes([self.draft("b", "yes")._replace(reply_to=1)])
        for seq in (1, 2):
            log.commit_writes([log.Deletion(self.room.pk, seq, True)])
            (receipt,) = log.commit_writes([log.Deletion(self.room.pk, seq, False)])
        assert receipt.message.original.seq == 1
        assert [person.name for person in receipt.message.original.mentioned] == ["Ana"]
