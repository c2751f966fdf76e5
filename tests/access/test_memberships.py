"""Who comes into rooms in one moment is stored together."""

from django.test import TestCase

from chat.access.memberships import NewMembership, add_newcomers, remove, set_role
from chat.models import Membership, Person, Room


class NewcomerTests(TestCase):
    def test_a_room_that_was_deleted_meanwhile_costs_others_nothing(self):
        person = Person.objects.create(name="Mara", kind=Person.Kind.MEMBER)
        kept, gone = [Room.objects.create(slug=slug, name=slug) for slug in ("tea", "chess")]
        newcomers = [NewMembership(room.pk, person.pk) for room in (gone, kept)]
        gone.delete()
        first, second = add_newcomers(newcomers)
        assert (first.code, second) == ("not_found", None)
        assert Membership.objects.get().room == kept


class RoleTests(TestCase):
    def test_what_was_written_during_a_ban_counts_as_read_once_a_role_ends_it(self):
        mara = Person.objects.create(name="Mara", kind=Person.Kind.MEMBER)
        room = Room.objects.create(slug="tea", name="Tea", last_seq=1)
        set_role(room.pk, mara, Membership.Role.MEMBER)
        remove(room.pk, mara, ban=True)
        Room.objects.update(last_seq=3)
        set_role(room.pk, mara, Membership.Role.MEMBER)
        assert Membership.objects.get().last_read == 3
        Room.objects.update(last_seq=4)
        set_role(room.pk, mara, Membership.Role.MODERATOR)
        assert Membership.objects.get().last_read == 3
