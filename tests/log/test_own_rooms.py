"""Own rooms as the log reads them: one statement, and a digest that agrees with the database's."""

from django.test import TestCase
from django.utils import timezone

from chat import log
from chat.log import digest_of, digests, own_rooms
from chat.models import Membership, Message, Notice, Person, Room


class OwnRoomTests(TestCase):
    def setUp(self):
        self.mara = Person.objects.create(name="Mara", kind="member")
        self.vera = Person.objects.create(name="Vera", kind="member")
        self.rooms = [Room.objects.create(slug=f"room-{n}", name="Room") for n in range(4)]
        values = zip(Membership.Role.values, [*Membership.Level.values, "nothing"], strict=True)
        for room, (role, level) in zip(self.rooms, values, strict=True):
            Membership.objects.create(
                person=self.mara, room=room, role=role, level=level, last_read=3, hidden=True
            )

    def test_all_rooms_of_many_people_are_one_statement(self):
        with self.assertNumQueries(1):
            read = own_rooms({(self.mara.pk, None), (self.vera.pk, None)})
        assert set(read.places[self.mara.pk]) == {room.pk for room in self.rooms}
        assert read.places[self.vera.pk] == {}
        assert read.heads.keys() == {room.pk for room in self.rooms}

    def test_one_place_is_read_by_its_keys_and_a_banned_one_is_none(self):
        first, second = self.rooms[:2]
        Membership.objects.filter(room=second).update(banned_at=first.created_at)
        read = own_rooms({(self.mara.pk, first.pk), (self.mara.pk, second.pk)})
        assert set(read.places[self.mara.pk]) == {first.pk}

    def test_notices_of_others_and_those_read_do_not_count(self):
        room = self.rooms[0]
        for seq, person in ((3, self.mara), (4, self.mara), (5, self.vera)):
            Notice.objects.create(person=person, room=room, seq=seq, why="mention")
        assert own_rooms({(self.mara.pk, None)}).places[self.mara.pk][room.pk].mentions == 1
        assert log.noticed_since({room.pk: 4}) == [(room.pk, self.vera.pk)]

    def test_notices_of_a_thousand_rooms_are_read_at_once(self):
        room = self.rooms[0]
        Notice.objects.create(person=self.vera, room=room, seq=5, why="mention")
        others = range(room.pk + 1, room.pk + 1_200)
        seqs = {room.pk: 4, **dict.fromkeys(others, 4)}
        assert log.noticed_since(seqs) == [(room.pk, self.vera.pk)]

    def test_a_digest_agrees_with_that_of_the_database_and_differs_after_any_change(self):
        seen = set()
        for change in ({}, {"last_read": 4}, {"level": "mentions"}, {"role": "reader"}):
            Membership.objects.filter(room=self.rooms[0]).update(**change)
            places = own_rooms({(self.mara.pk, None)}).places[self.mara.pk]
            (digest,) = digests([self.mara.pk]).values()
            assert digest_of(places.values()) == digest
            seen.add(digest)
        assert len(seen) == 4

    def test_ones_own_words_are_read_up_to_those_of_somebody_else(self):
        public, direct, *_ = self.rooms
        Room.objects.filter(pk=direct.pk).update(kind="direct")
        for room in (public, direct):
            for seq, author in enumerate((self.vera, self.vera, self.vera, *[self.mara] * 2), 1):
                add_message(room, seq, author)
        places = own_rooms({(self.mara.pk, None)}).places[self.mara.pk]
        assert [(places[r.pk].last_read, places[r.pk].read_up_to) for r in (public, direct)] == [
            (3, 5)
        ] * 2
        for room in (public, direct):
            for seq, author in enumerate((self.vera, self.mara, self.vera), 6):
                add_message(room, seq, author)
        places = own_rooms({(self.mara.pk, None)}).places[self.mara.pk]
        assert [(places[r.pk].read_up_to, places[r.pk].mentions) for r in (public, direct)] == [
            (5, 0),
            (5, 2),
        ]
        assert log.authors_since({public.pk: 6}) == {public.pk: {7: self.mara.pk, 8: self.vera.pk}}


def add_message(room: Room, seq: int, author: Person) -> None:
    Message.objects.create(
        room=room,
        seq=seq,
        version=seq,
        first_version=seq,
        author=author,
        client_id=str(seq),
        body="hello",
        created_at=timezone.now(),
    )
    Room.objects.filter(pk=room.pk).update(last_seq=seq, version=seq)
