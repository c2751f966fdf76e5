"""What the migration of names does with the rows of an earlier release."""

from importlib import import_module

from django.apps import apps
from django.contrib.auth import get_user_model
from django.test import TestCase

from chat.models import Person
from chat.rules.lookalikes import skeleton_key
from chat.rules.names import name_key

store_names = import_module("chat.migrations.0004_names").store_names
User = get_user_model()


def store(name: str, kind: Person.Kind = Person.Kind.MEMBER, username: str | None = None) -> None:
    """Store a person as an earlier release did: without a skeleton, and its account without a
    person until the first visit."""
    user = User.objects.get(username=username) if username else None
    person = Person(name=name, name_key=name_key(name), kind=kind, user=user)
    Person.objects.bulk_create([person])


class MigrationTests(TestCase):
    def setUp(self):
        names = ("bob", "B\u043eb", "b0b", "mara", "MARA 2", "x" * 40, "x" * 41)
        User.objects.bulk_create(User(username=name) for name in names)

    def accounts(self) -> dict[str, str]:
        return dict(Person.objects.filter(user__isnull=False).values_list("user__username", "name"))

    def former(self) -> set[str]:
        return set(Person.objects.filter(kind="member", user=None).values_list("name", flat=True))

    def test_former_members_free_their_names(self):
        for name in ("bob", "bob (former)", "mara 2", "x" * 32):
            store(name)
        store_names(apps, None)
        assert self.former() == {"bob (former)", "bob (former) 2", "mara 2 (former)"} | {
            "x" * 23 + " (former)"
        }
        assert self.accounts()["bob"] == "bob"

    def test_names_that_look_alike_already_stay(self):
        store("B\u043eb", username="B\u043eb")
        store("b0b", username="b0b")
        store_names(apps, None)
        accounts = self.accounts()
        alike = {name: accounts[name] for name in ("B\u043eb", "b0b", "bob")}
        assert alike == {"B\u043eb": "B\u043eb", "b0b": "b0b", "bob": "bob 2"}
        assert accounts["x" * 40] == "x" * 29 + "..."
        assert accounts["x" * 41] == "x" * 29 + ". 2"

    def test_everybody_has_their_keys(self):
        store("Ana", kind=Person.Kind.GUEST)
        store("Bot", kind=Person.Kind.BOT)
        store("bob")
        store_names(apps, None)
        for person in Person.objects.all():
            assert person.name_key == name_key(person.name)
            assert person.skeleton == skeleton_key(person.name)

    def test_it_can_be_repeated(self):
        store("bob")
        store_names(apps, None)
        before = list(Person.objects.values_list("pk", "name"))
        store_names(apps, None)
        assert list(Person.objects.values_list("pk", "name")) == before
