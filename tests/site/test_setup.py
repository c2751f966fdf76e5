"""manage.py setup: what it prepares for a server, and what it prints for the operator."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import call_command

from chat.management.commands.setup import describe_database
from chat.management.preconditions import Refused
from chat.models import Configuration, Room

pytestmark = pytest.mark.django_db


def setup(**options) -> str:
    """Run the command; return what it printed."""
    printed = StringIO()
    call_command("setup", stdout=printed, **options)
    return printed.getvalue()


def test_the_first_admins_password_is_printed_once_and_works():
    password = re.search(r"as admin with the password (\S+)", setup(admin=True))[1]
    assert authenticate(username="admin", password=password).is_superuser
    assert "password" not in setup(admin=True)
    assert authenticate(username="admin", password=password)


def test_no_admin_is_created_where_there_is_an_account():
    User.objects.create_user("mara")
    assert "password" not in setup(admin=True)
    assert [user.username for user in User.objects.all()] == ["mara"]


def test_no_admin_is_created_without_the_option():
    assert "password" not in setup()
    assert not User.objects.exists()


def test_the_default_room_is_created_and_keeps_an_admins_name():
    setup()
    room = Room.objects.get()
    assert (room.slug, room.name) == (Configuration.load().default_room, "Lobby")
    room.name = "Everybody"
    room.save()
    setup()
    assert [room.name for room in Room.objects.all()] == ["Everybody"]


def test_a_data_folder_that_cannot_be_made_is_refused(settings):
    settings.DATA_DIR = Path("/dev/null/var")
    with pytest.raises(Refused, match=r"^/dev/null/var cannot be written in .* set DATA_DIR"):
        setup()


def test_the_database_is_named_without_its_password(settings, monkeypatch):
    database = {"NAME": "talk", "HOST": "db.example", "USER": "ana", "PASSWORD": "secret"}
    engine = {"ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", database | engine)
    assert describe_database() == "PostgreSQL, talk on db.example"
