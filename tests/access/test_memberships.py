"""Who comes into rooms in one moment is stored together."""

from django.test import TestCase

from chat.access.memberships import NewMembership, add_newcomers
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
