"""What is said in a direct room is shown nowhere in the admin, to superusers neither."""

import re
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.test import TestCase
from django.urls import reverse

from chat.log import Edit, React, Reactions, commit_writes
from chat.models import Membership, Message, Person, Room
from tests.admin.support import (
    act,
    alice,
    edit,
    form_of,
    guest,
    list_of,
    listed,
    room,
    write,
)

ECHO = re.compile(r"(value=\"|q=|q%3D)rosebud")
SECRET, EARLIER, EMOJI = "rosebud", "sledge", "🛷"


class DirectRoomTests(TestCase):
    def setUp(self):
        self.alice = alice()
        self.direct = room("Ana, Ion", kind=Room.Kind.DIRECT)
        self.ana, self.ion = guest("Ana"), guest("Ion")
        for person in (self.ana, self.ion):
            Membership.objects.create(room=self.direct, person=person)
        (self.message,) = write(self.direct, self.ana, EARLIER)
        key = self.direct.pk, self.ana.pk
        commit_writes(
            [
                Edit(*key, 1, SECRET, None, timedelta(days=1)),
                Reactions(self.direct.pk, 1, [React(*key, 1, EMOJI, True)]),
            ]
        )
        self.membership = self.direct.memberships.first()

    def addresses(self):
        """Yield each address of the admin that could show it, with its query."""
        messages, form = list_of("message"), form_of(self.message)
        room_form, membership = form_of(self.direct), form_of(self.membership)
        for query in (
            {},
            {"q": SECRET},
            {"q": "Ana"},
            {"room": self.direct.pk},
            {"author": self.ana.pk},
            {"deleted": "no"},
            {"all": ""},
        ):
            yield messages, query
        for address in (form, room_form, membership, form_of(self.ana)):
            for page in ("change", "history", "delete"):
                yield address.replace("change", page), {}
        yield form, {"texts_before": 99}
        for model in ("room", "person", "membership", "invitation"):
            yield list_of(model), {"q": SECRET}
            yield list_of(model), {}
        yield reverse("admin:index"), {}
        for model, field in (
            ("message", "room"),
            ("message", "author"),
            ("membership", "room"),
            ("membership", "person"),
        ):
            query = {"app_label": "chat", "model_name": model, "field_name": field}
            yield reverse("admin:autocomplete"), {**query, "term": SECRET}
            yield reverse("admin:autocomplete"), {**query, "term": ""}

    def test_no_address_shows_what_is_said(self):
        for address, query in self.addresses():
            with self.subTest(address, query=query):
                response = self.alice.get(address, query, follow=True)
                # A page that repeats what was searched for says nothing.
                text = ECHO.sub("", response.content.decode())
                for words in (SECRET, EARLIER, EMOJI):
                    assert words not in text

    def test_what_is_said_elsewhere_is_shown_by_the_same_addresses(self):
        Room.objects.filter(pk=self.direct.pk).update(kind=Room.Kind.PRIVATE)
        shown = [
            self.alice.get(address, query, follow=True).content.decode()
            for address, query in self.addresses()
        ]
        assert sum(SECRET in text for text in shown) > 5
        assert sum(EARLIER in text for text in shown) == 2

    def test_no_filter_tells_by_what_it_finds(self):
        for model, lookup in (
            ("room", "messages__body__contains"),
            ("person", "messages__body__contains"),
            ("membership", "room__messages__body__contains"),
            ("membership", "person__messages__body__contains"),
            ("invitation", "rooms__messages__body__contains"),
            # Whom it is between, and what else no list shows.
            ("room", "name__contains"),
            ("room", "name"),
            ("room", "people_digest"),
            ("room", "memberships"),
            ("room", "password__regex"),
            ("person", "memberships"),
            ("person", "messages"),
            ("person", "token_digest"),
            ("invitation", "digest"),
        ):
            with self.subTest(model):
                response = self.alice.get(list_of(model), {lookup: SECRET})
                assert response.status_code in {302, 400}

    def test_its_place_in_a_list_does_not_tell_whom_it_is_between(self):
        room("Berlin")
        self.direct.name = "Zoe, Zora"
        self.direct.save()
        for query in ({}, {"o": "1"}):
            rows = self.alice.get(list_of("room"), query).context["cl"].result_list
            assert [str(row) for row in rows] == ["Direct", "Berlin"]

    def test_no_action_reaches_its_messages(self):
        act(self.alice, "delete_messages", self.message)
        act(self.alice, "delete_messages", self.message, select_across="1")
        assert not Message.objects.get().is_deleted

    def test_people_show_as_many_messages_as_their_list(self):
        write(room("Chess"), self.ana, "e4")
        page = self.alice.get(list_of("person"))
        self.assertContains(page, f'<a href="{list_of("message")}?author={self.ana.pk}">1</a>')

    def test_it_is_listed_with_how_much_it_holds(self):
        page = self.alice.get(list_of("room"), {"kind__exact": "direct"})
        assert [str(row) for row in page.context["cl"].result_list] == ["Direct"]
        self.assertContains(page, '<td class="field-message_count">1</td>', html=True)
        self.assertContains(page, '<td class="field-member_count">2</td>', html=True)

    def test_whom_it_is_between_is_not_said(self):
        act(self.alice, "delete_selected", self.direct)
        for address, query in (
            (list_of("room"), {}),
            (form_of(self.direct), {}),
            (form_of(self.direct).replace("change", "delete"), {}),
        ):
            assert "Ana, Ion" not in self.alice.get(address, query).content.decode()
        assert listed(self.alice, "room", q="Ion") == set()

    def test_who_belongs_to_it_is_not_listed(self):
        assert listed(self.alice, "membership") == set()
        response = self.alice.get(form_of(self.membership))
        assert response.status_code == 302

    def test_it_cannot_be_changed(self):
        form = form_of(self.direct)
        assert self.alice.post(form, {"name": "Mine", "slug": "mine"}).status_code == 403
        act(self.alice, "close_rooms", self.direct)
        self.direct.refresh_from_db()
        assert (self.direct.name, self.direct.closed) == ("Ana, Ion", False)

    def test_nobody_is_put_into_it(self):
        charlie = guest("Charlie")
        fields = {"room": self.direct.pk, "person": charlie.pk, "role": "member"}
        self.alice.post(reverse("admin:chat_membership_add"), fields)
        assert not charlie.memberships.exists()

    def test_nothing_becomes_a_direct_room(self):
        chess = room("Chess")
        edit(self.alice, chess, kind="direct")
        chess.refresh_from_db()
        assert chess.kind == Room.Kind.PUBLIC

    def test_it_can_be_deleted_unread(self):
        page = act(self.alice, "delete_selected", self.direct)
        self.assertContains(page, "1 message")
        self.assertNotContains(page, "Ana, Ion")
        act(self.alice, "delete_selected", self.direct, post="yes")
        assert not Room.objects.exists()
        self.assertNotContains(self.alice.get(reverse("admin:index")), "Ana, Ion")

    def test_an_account_is_deleted_with_all_that_it_belongs_to(self):
        user = get_user_model().objects.create_user("Mara")
        chess = room("Chess", kind=Room.Kind.PRIVATE)
        for each in (self.direct, chess):
            Membership.objects.create(room=each, person=user.person, role="owner")
        write(chess, user.person, "e4")
        address = reverse("admin:auth_user_delete", args=[user.pk])
        assert SECRET not in self.alice.get(address).content.decode()
        self.alice.post(address, {"post": "yes"})
        assert not get_user_model().objects.filter(username="Mara").exists()
        assert Person.objects.get(pk=user.person.pk).name == "Mara (former)"
