"""The admin as a whole: its names, what comes first, and the ways in and out."""

import pytest
from django.test import Client
from django.urls import reverse

from chat.models import Configuration
from tests.admin.support import alice, bob, charlie, form_of, guest, room, write

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
CHAT = ["Messages", "Rooms", "Memberships", "Invitations", "People", "Configuration"]
BACK = '<a href="/">Back to the chat</a>'


def listed_models(client: Client) -> list[tuple[str, list[str]]]:
    """Return the apps of the first page by their names, each with its models."""
    apps = client.get(INDEX).context["app_list"]
    return [(app["name"], [model["name"] for model in app["models"]]) for app in apps]


def test_the_chat_comes_first_and_in_it_the_messages():
    assert listed_models(alice()) == [
        ("Chat", CHAT),
        ("Accounts", ["Groups", "Users"]),
    ]


def test_who_may_see_a_part_sees_that_part_alone():
    assert listed_models(bob()) == [("Chat", CHAT)]


def test_the_admin_has_the_sites_name():
    Configuration(site_name="\u202eOur place").save()
    page = alice().get(INDEX).content.decode()
    assert "<title>Manage this site | \u2068Our place\u2069</title>" in page
    assert "\u202eOur place</a>" in page


def test_a_message_turns_no_words_of_its_pages_title():
    (message,) = write(room(), guest("Ana"), "\u202etfel ot")
    page = alice().get(form_of(message)).content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert title.strip() == "\u2068Ana: tfel ot\u2069 | View message | Chatsite"


def test_staff_get_back_to_the_chat_from_every_page():
    (message,) = write(room(), guest("Ana"), "e4")
    client = bob()
    for address in (INDEX, form_of(message), reverse("admin:chat_message_changelist")):
        assert BACK in client.get(address).content.decode()
    assert client.post(reverse("admin:logout"))["Location"] == "/"


def test_a_member_is_told_whom_the_admin_is_for_and_gets_back():
    page = charlie().get(INDEX, follow=True).content.decode()
    assert "You are signed in as <bdi>charlie</bdi>. Only admins can open this page." in page
    assert "not authorized" not in page
    assert BACK in page


def test_a_stranger_can_sign_in_or_go_back():
    page = Client().get(INDEX, follow=True).content.decode()
    assert "You are signed in" not in page
    assert BACK in page
