"""The site before a story begins: without rooms, messages and connections."""

from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connections, transaction
from django.test import Client

from chat import models
from tests.fuzz.model import Person, Settings, Site

GUESTS = ("Ana", "Ion", "Charlie")


def empty_site() -> Site:
    """Return an empty site, as a model and in the database."""
    browser = Client()
    # All at once: each commit is a flush to the disk.
    with transaction.atomic():
        for model in (models.Message, models.Room, models.Person, Session, get_user_model()):
            model.objects.all().delete()
        models.Configuration(max_body=Settings.max_body).save()
        browser.force_login(get_user_model().objects.create_user("Mara"))
    session = browser.cookies["sessionid"].value
    connections.close_all()
    return Site([*map(Person, GUESTS), Person("Mara", is_guest=False, session=session)])
