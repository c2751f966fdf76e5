"""manage.py setup: what a server finds prepared, and what an operator is told of it."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command

from chat.management.commands.setup import describe_database
from chat.models import Configuration, Room

pytestmark = pytest.mark.django_db


def setup(**options) -> str:
    """Prepare; return what was printed."""
    printed = StringIO()
    call_command("setup", stdout=printed, **options)
    return printed.getvalue()


def test_the_first_admin_s_password_is_printed_once_and_lets_them_in():
    password = re.search(r"as admin with the password (\S+)", setup(admin=True))[1]
    assert authenticate(username="admin", password=password).is_superuser
    assert "password" not in setup(admin=True)
    assert authenticate(username="admin", password=password)


def test_where_anybody_has_an_account_no_admin_is_made():
    User.objects.create_user("mara")
    assert "password" not in setup(admin=True)
    assert [user.username for user in User.objects.all()] == ["mara"]


def test_no_admin_is_made_unasked():
    assert "password" not in setup()
    assert not User.objects.exists()


def test_the_default_room_is_made_and_keeps_what_an_admin_called_it():
    setup()
    room = Room.objects.get()
    assert (room.slug, room.name) == (Configuration.load().default_room, "Lobby")
    room.name = "Everybody"
    room.save()
    setup()
    assert [room.name for room in Room.objects.all()] == ["Everybody"]


def test_the_database_is_named_without_its_password(settings, monkeypatch):
    database = {"NAME": "talk", "HOST": "db.example", "USER": "ana", "PASSWORD": "secret"}
    engine = {"ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", database | engine)
    assert describe_database() == "PostgreSQL, talk on db.example"
