"""Accounts in the admin: each is a member, whose name in the chat follows the account's."""

from django.contrib.auth import get_user_model
from django.test import Client, TestCase
from django.urls import reverse

from chat.models import Membership, Message, Person
from tests.admin.support import alice, guest, listed, room, write

User = get_user_model()
PASSWORD = "a password of no use"


class UserTests(TestCase):
    def setUp(self):
        self.alice = alice()

    def add(self, username: str):
        fields = {"username": username, "usable_password": "true"}
        passwords = {"password1": PASSWORD, "password2": PASSWORD}
        return self.alice.post(reverse("admin:auth_user_add"), fields | passwords)

    def rename(self, user, username: str):
        page = reverse("admin:auth_user_change", args=[user.pk])
        form = self.alice.get(page).context["adminform"].form
        fields = {name: form[name].value() for name in ("email", "is_active") if form[name].value()}
        joined = user.date_joined
        times = {"date_joined_0": f"{joined:%Y-%m-%d}", "date_joined_1": f"{joined:%H:%M:%S}"}
        return self.alice.post(page, {"username": username} | fields | times, follow=True)

    def delete(self, user):
        page = reverse("admin:auth_user_delete", args=[user.pk])
        assert self.alice.post(page, {"post": "yes"}).status_code == 302

    def refusal(self, response) -> str:
        return str(response.context["adminform"].form.errors["username"])

    def test_a_new_account_is_a_member_at_once(self):
        for name in ("bob", "नेहा", "\u0dc1\u0dca\u200d\u0dbb\u0dd3", "Ana Maria"):
            assert self.add(name).status_code == 302
            assert Person.objects.get(user__username=name).name == name

    def test_a_username_that_cannot_be_a_name_is_refused(self):
        self.add("bob")
        guest("Charlie")
        assert "Use up to 32 characters" in self.refusal(self.add("x" * 40))
        assert "invisible" in self.refusal(self.add("a\u200bb"))
        assert "A member has this name" in self.refusal(self.add("BOB"))
        assert "looks like it" in self.refusal(self.add("b\u043eb"))
        assert self.add("Charlie").status_code == 302

    def test_the_form_says_what_a_username_may_be(self):
        page = self.alice.get(reverse("admin:auth_user_add"))
        self.assertContains(page, "Up to 32 characters of any script, and spaces.")
        self.assertNotContains(page, "150 characters")

    def test_an_older_account_with_a_long_username_can_be_edited(self):
        user = User.objects.create_user("x" * 40)
        self.rename(user, "x" * 40)
        assert Person.objects.get(user=user).name == "x" * 29 + "..."
        self.rename(user, "xavier")
        assert Person.objects.get(user=user).name == "xavier"

    def test_a_renamed_account_is_renamed_in_the_chat(self):
        user = User.objects.create_user("bob")
        self.rename(user, "robert")
        person = Person.objects.get(user=user)
        assert (person.name, person.name_key) == ("robert", "robert")
        assert "looks like it" in self.refusal(self.rename(user, "A1ice"))

    def test_a_name_that_an_admin_chose_stays_and_is_said(self):
        user = User.objects.create_user("bob")
        Person.objects.get(user=user).delete()
        Person.objects.create(name="Bobby", kind=Person.Kind.MEMBER, user=user)
        response = self.rename(user, "robert")
        self.assertContains(response, "In the chat they are called Bobby")
        assert Person.objects.get(user=user).name == "Bobby"

    def test_the_name_of_a_deleted_account_is_free(self):
        for _ in range(2):
            self.add("bob")
            user = User.objects.get(username="bob")
            write(room(f"Room {user.pk}"), Person.objects.get(user=user), "hello")
            self.delete(user)
        self.add("bob")
        assert Person.objects.get(user__username="bob").name == "bob"
        authors = Message.objects.order_by("pk").values_list("author__name", flat=True)
        assert list(authors) == ["bob (former)", "bob (former) 2"]
        assert listed(self.alice, "person", q="former") == set(authors)

    def test_deleting_accounts_says_what_stays_and_which_rooms_lose_their_owner(self):
        users = [User.objects.create_user(name) for name in ("bob", "cleo")]
        bob, cleo = (Person.objects.get(user=user) for user in users)
        former = Person.objects.create(name="eve (former)")
        rooms = {"Alone": [bob, former], "Both": [bob, cleo], "Gone": [former], "Nobody's": []}
        for name, owners in rooms.items():
            made = room(name)
            for owner in owners:
                Membership.objects.create(room=made, person=owner, role="owner")
        page = self.alice.get(reverse("admin:auth_user_delete", args=[users[0].pk]))
        self.assertContains(page, "what they wrote stays")
        self.assertContains(page, "1 room has no other owner")
        page = self.alice.get(reverse("admin:auth_user_delete", args=[users[1].pk]))
        self.assertContains(page, "what they wrote stays")
        self.assertNotContains(page, "no other owner")
        fields = {"action": "delete_selected", "_selected_action": [user.pk for user in users]}
        listing = reverse("admin:auth_user_changelist")
        page = self.alice.post(listing, fields)
        self.assertContains(page, "2 rooms have no other owner")
        assert self.alice.post(listing, fields | {"post": "yes"}).status_code == 302
        assert not User.objects.filter(pk__in=[user.pk for user in users]).exists()

    def test_charlie_cannot_change_accounts(self):
        user = User.objects.create_user("charlie", password=PASSWORD, is_staff=True)
        client = Client()
        client.force_login(user)
        page = reverse("admin:auth_user_change", args=[user.pk])
        assert client.post(page, {"username": "mara"}).status_code == 403
        assert Person.objects.get(user=user).name == "charlie"

    def test_accounts_are_found_in_any_case_of_any_script(self):
        self.add("Дмитрий")
        page = self.alice.get(reverse("admin:auth_user_changelist"), {"q": "ДМИТ"})
        assert [user.username for user in page.context["cl"].result_list] == ["Дмитрий"]
