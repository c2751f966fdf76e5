"""Permissions: Alice may do everything, Bob may view, Charlie must not do either."""

from html.parser import HTMLParser

from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from chat.models import Configuration, Invitation, Membership, Message, Person, Room
from tests.admin.support import (
    MODELS,
    act,
    alice,
    bob,
    charlie,
    form_of,
    guest,
    list_of,
    room,
    write,
)


class Inline(HTMLParser):
    """Finds what the Content-Security-Policy forbids: inline scripts and styles."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "style" or (tag == "script" and self._runs(attributes)):
            self.found.append(tag)
        self.found += [name for name in attributes if name == "style" or name.startswith("on")]

    @staticmethod
    def _runs(attributes: dict) -> bool:
        return "src" not in attributes and attributes.get("type") != "application/json"


class PermissionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        Configuration().save()
        cls.room = room()
        cls.ana = guest("Ana")
        (cls.message,) = write(cls.room, cls.ana, "hello")
        cls.membership = Membership.objects.create(room=cls.room, person=cls.ana)
        cls.invitation = Invitation.objects.create(created_by=cls.ana, expires_at=timezone.now())
        cls.rows = [
            *(Configuration.load(), cls.room, cls.ana, cls.message),
            *(cls.membership, cls.invitation),
        ]

    def pages(self) -> list[str]:
        forms = [form_of(row) for row in self.rows]
        histories = [form.replace("change", "history") for form in forms]
        lists = [list_of(model) for model in MODELS]
        return [reverse("admin:index"), *lists, *forms, *histories]

    def changes(self) -> list[str]:
        forms = [form_of(row) for row in self.rows]
        additions = [reverse(f"admin:chat_{model}_add") for model in MODELS]
        return [*forms, *additions, *(form.replace("change", "delete") for form in forms)]

    def test_charlie_and_strangers_must_sign_in_everywhere(self):
        for client in (charlie(), Client()):
            for address in (*self.pages(), *self.changes()):
                with self.subTest(address):
                    for response in (client.get(address), client.post(address, {"name": "x"})):
                        self.assertRedirects(response, f"{reverse('admin:login')}?next={address}")

    def test_bob_may_view_everything(self):
        client = bob()
        for address in self.pages():
            with self.subTest(address):
                assert client.get(address, follow=True).status_code == 200

    def test_bob_may_not_change_anything(self):
        client = bob()
        for address in self.changes():
            with self.subTest(address):
                assert client.post(address, {"name": "x"}).status_code == 403
        assert Room.objects.get().name == "Chess Club"
        assert Person.objects.filter(name="Ana").exists()

    def test_bob_is_offered_no_action_and_can_run_none(self):
        client = bob()
        actions = {
            "close_rooms": self.room,
            "delete_selected": self.room,
            "block": self.ana,
            "delete_messages": self.message,
            "ban": self.membership,
            "revoke": self.invitation,
        }
        for action, row in actions.items():
            with self.subTest(action):
                assert client.get(list_of(row._meta.model_name)).context["action_form"] is None
                act(client, action, row, post="yes")
        assert not Room.objects.get().closed
        assert not Person.objects.blocked().exists()
        assert not Message.objects.get().is_deleted
        assert not Membership.objects.exclude(banned_at=None).exists()
        assert not Invitation.objects.exclude(revoked_at=None).exists()

    def test_nobody_adds_or_removes_people_or_messages(self):
        client = alice()
        refused = [reverse(f"admin:chat_{model}_add") for model in MODELS]
        for model in ("room", "membership"):
            refused.remove(reverse(f"admin:chat_{model}_add"))
        for row in (Configuration.load(), self.ana, self.message, self.invitation):
            refused.append(form_of(row).replace("change", "delete"))
        for address in [*refused, form_of(self.message), form_of(self.invitation)]:
            with self.subTest(address):
                assert client.post(address, {"post": "yes"}).status_code == 403

    def test_autocomplete_finds_rooms_for_those_who_may_view_them(self):
        address = reverse("admin:autocomplete")
        query = {"app_label": "chat", "model_name": "message", "field_name": "room", "term": "che"}
        found = bob().get(address, query).json()["results"]
        assert [one["text"] for one in found] == ["Chess Club"]
        assert charlie().get(address, query).status_code == 302

    def test_no_page_has_inline_scripts_or_styles(self):
        client = alice()
        additions = [reverse("admin:chat_room_add"), reverse("admin:chat_room_delete", args=[1])]
        for address in (*self.pages(), *additions):
            with self.subTest(address):
                response = client.get(address, follow=True)
                assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
                assert Inline(response.content.decode()).found == []
