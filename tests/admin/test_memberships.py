"""Who belongs to which room, and invitations, in the admin."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.test import TestCase
from django.urls import reverse

from chat.access import invitations
from chat.access.invitations import Terms
from chat.models import Invitation, Membership, Person, Room
from chat.rules.errors import ChatError
from tests.admin.support import (
    act,
    alice,
    bob,
    edit,
    errors,
    form_of,
    guest,
    history,
    list_of,
    listed,
    member,
    open_form,
    queries,
    room,
)

Role = Membership.Role


class MembershipTests(TestCase):
    def setUp(self):
        self.alice = alice()
        self.chess = room("Chess", kind=Room.Kind.PRIVATE)
        self.ana, self.ion = (self.belong(name) for name in ("Ana", "Ion"))

    def belong(self, name: str, **fields) -> Membership:
        return Membership.objects.create(room=self.chess, person=member(name), **fields)

    def access(self) -> int:
        self.chess.refresh_from_db()
        return self.chess.access

    def test_a_role_is_changed_and_every_process_notices(self):
        self.assertRedirects(edit(self.alice, self.ana, role=Role.MODERATOR), list_of("membership"))
        self.ana.refresh_from_db()
        assert (self.ana.role, self.access()) == (Role.MODERATOR, 1)
        assert history(self.ana) == ["Changed Role."]

    def test_an_old_form_neither_lets_in_again_nor_gives_a_role_back(self):
        shown = open_form(self.alice, self.ana)
        act(self.alice, "ban", self.ana)
        self.alice.post(form_of(self.ana), shown)
        self.alice.post(form_of(self.ana), shown | {"role": Role.MODERATOR})
        self.ana.refresh_from_db()
        assert self.ana.banned_at is not None
        shown = open_form(self.alice, self.ion)
        act(self.alice, "make_reader", self.ion)
        self.alice.post(form_of(self.ion), shown)
        self.ion.refresh_from_db()
        assert self.ion.role == Role.READER

    def test_somebody_is_banned_and_let_in_again(self):
        edit(self.alice, self.ana, banned="on", role=Role.OWNER)
        self.ana.refresh_from_db()
        assert self.ana.banned_at is not None
        assert self.ana.role == Role.MEMBER
        assert listed(self.alice, "membership", banned="yes") == {str(self.ana)}
        edit(self.alice, self.ana, banned=None)
        self.ana.refresh_from_db()
        assert (self.ana.banned_at, self.access()) == (None, 2)

    def test_a_form_that_changes_nothing_changes_nothing(self):
        edit(self.alice, self.ana)
        assert self.access() == 0

    def test_somebody_is_added_in_a_role(self):
        bea = guest("Bea")
        fields = {"room": self.chess.pk, "person": bea.pk, "role": Role.READER}
        self.alice.post(reverse("admin:chat_membership_add"), fields)
        assert bea.memberships.get().role == Role.READER
        assert self.access() == 1

    def test_somebody_who_is_there_already_is_not_added_twice(self):
        fields = {"room": self.chess.pk, "person": self.ana.person_id, "role": Role.READER}
        page = self.alice.post(reverse("admin:chat_membership_add"), fields)
        assert page.context["adminform"].form.errors
        assert Membership.objects.count() == 2

    def test_roles_are_given_to_several_at_once(self):
        banned = self.belong("Bea", banned_at="2030-01-01T00:00Z")
        for role in Role.values:
            act(self.alice, f"make_{role}", self.ana, self.ion, banned)
            assert {m.role for m in Membership.objects.filter(banned_at=None)} == {role}
        banned.refresh_from_db()
        assert banned.banned_at is not None
        assert history(self.ana) == ["Given another role."] * 4

    def test_a_guest_is_given_no_role_that_guests_cannot_have(self):
        olga = Membership.objects.create(room=self.chess, person=guest("Olga"))
        vera = guest("Vera")
        for role in (Role.OWNER, Role.MODERATOR):
            page = act(self.alice, f"make_{role}", olga, self.ana)
            self.assertContains(page, "A guest cannot have this role.")
            assert list(errors(edit(self.alice, olga, role=role))) == ["role"]
            fields = {"room": self.chess.pk, "person": vera.pk, "role": role}
            page = self.alice.post(reverse("admin:chat_membership_add"), fields)
            assert list(errors(page)) == ["role"]
            self.ana.refresh_from_db()
            assert self.ana.role == role
        olga.refresh_from_db()
        assert olga.role == Role.MEMBER
        assert not vera.memberships.exists()
        act(self.alice, "make_reader", olga)
        olga.refresh_from_db()
        assert olga.role == Role.READER

    def test_people_are_banned_and_removed_at_once(self):
        act(self.alice, "ban", self.ana, self.ion)
        assert Membership.objects.filter(banned_at=None).count() == 0
        act(self.alice, "remove", self.ana)
        assert list(Membership.objects.all()) == [self.ion]
        assert self.access() == 3
        self.alice.post(form_of(self.ion).replace("change", "delete"), {"post": "yes"})
        assert not Membership.objects.exists()
        assert self.access() == 4

    def test_bob_who_may_view_changes_nothing(self):
        client = bob()
        for action in ("make_owner", "remove", "ban"):
            act(client, action, self.ana)
        assert client.post(form_of(self.ana), {"role": "owner"}).status_code == 403
        self.ana.refresh_from_db()
        assert (self.ana.role, self.ana.banned_at) == (Role.MEMBER, None)

    def test_they_are_found_by_person_room_and_role(self):
        go = Membership.objects.create(room=room("Go"), person=guest("Élise"), role=Role.OWNER)
        assert listed(self.alice, "membership", q="ÉLISE") == {str(go)}
        assert listed(self.alice, "membership", q="chess") == {str(self.ana), str(self.ion)}
        assert listed(self.alice, "membership", role__exact="owner") == {str(go)}
        assert listed(self.alice, "membership", room__id__exact=go.room_id) == {str(go)}

    def test_a_room_links_to_its_people(self):
        address = f"{list_of('membership')}?room__id__exact={self.chess.pk}"
        self.assertContains(self.alice.get(list_of("room")), f'<a href="{address}">2</a>')
        self.assertContains(self.alice.get(form_of(self.chess)), f'<a href="{address}">')

    def test_the_list_takes_as_many_queries_for_twenty_as_for_two(self):
        asked = []
        for numbers in (range(2), range(2, 20)):
            for number in numbers:
                made = invitation(room(f"Room {number}"), f"Olga {number}")[0]
                fields = {"room": room(f"Other {number}"), "invitation": made}
                Membership.objects.create(person=guest(f"Guest {number}"), **fields)
            asked.append(
                [
                    len(queries(self.alice, "get", list_of(model)))
                    for model in ("membership", "invitation", "room", "person")
                ]
            )
        assert asked[0] == asked[1]


def invitation(to: Room, by: str, **terms) -> tuple[Invitation, str]:
    """Return an invitation to a room by its owner, and the code."""
    owner = get_user_model().objects.create_user(by).person
    Membership.objects.create(room=to, person=owner, role=Role.OWNER)
    return invitations.create(owner, [to], Terms(**terms))


class InvitationTests(TestCase):
    def setUp(self):
        self.alice = alice()
        self.chess = room("Chess", kind=Room.Kind.PRIVATE)
        self.invitation, self.code = invitation(self.chess, "Olga", max_uses=5)
        self.ana = invitations.redeem(self.code, None, "Ana").person

    def test_it_is_listed_with_who_came_but_without_its_link(self):
        page = self.alice.get(list_of("invitation"))
        for words in ("Olga", "Chess", "1 of 5"):
            self.assertContains(page, words)
        for address in (list_of("invitation"), form_of(self.invitation)):
            text = self.alice.get(address).content.decode()
            assert self.code not in text
            assert self.invitation.digest not in text
        came = listed(self.alice, "membership", invitation__id__exact=self.invitation.pk)
        assert came == {"Ana (Member)"}

    def test_it_is_revoked(self):
        act(self.alice, "revoke", self.invitation)
        assert listed(self.alice, "invitation", revoked="yes") == {str(self.invitation)}
        assert history(self.invitation) == ["Revoked."]
        with self.assertRaises(ChatError):  # noqa: PT027
            invitations.look_up(self.code, None)
        assert self.ana.memberships.exists()

    def test_who_came_by_it_is_removed_with_it(self):
        act(self.alice, "revoke_and_remove", self.invitation)
        self.chess.refresh_from_db()
        assert not self.ana.memberships.exists()
        assert self.chess.access == 1
        assert Person.objects.filter(pk=self.ana.pk).exists()

    def test_bob_who_may_view_revokes_nothing(self):
        client = bob()
        for action in ("revoke", "revoke_and_remove"):
            act(client, action, self.invitation)
        self.invitation.refresh_from_db()
        assert self.invitation.revoked_at is None
        assert self.ana.memberships.exists()

    def test_bob_who_may_change_invitations_revokes_them(self):
        act(bob("change_invitation"), "revoke", self.invitation)
        self.invitation.refresh_from_db()
        assert self.invitation.revoked_at is not None

    def test_one_that_has_expired_stays_listed(self):
        Invitation.objects.update(expires_at=self.invitation.created_at - timedelta(days=1))
        assert listed(self.alice, "invitation") == {str(self.invitation)}
