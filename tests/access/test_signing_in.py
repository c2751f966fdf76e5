"""Signing in finds the account however its name is spelled."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db
PASSWORD = "a password of no use"
SPELLINGS = ["Zo\u00eb", "zo\u00eb", "ZO\u00cb", "zoe\u0308", " zoE\u0308 "]
PAGES = ["/accounts/login/", "/admin/login/"]


def signs_in(page: str, username: str, password: str = PASSWORD) -> str | None:
    """Return the id of the account that a form signs in to."""
    client = Client()
    client.post(page, {"username": username, "password": password})
    return client.session.get("_auth_user_id")


@pytest.fixture(autouse=True)
def unlimited(settings):
    settings.CHAT_RATE_LIMITS = False


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "username", ["Zo\u00eb", "zo\u00eb", "ZO\u00cb", "zoe\u0308", " Zo\u00eb "]
)
def test_a_username_is_found_in_any_case_and_form(page, username):
    zoe = User.objects.create_superuser("Zo\u00eb", password=PASSWORD)
    assert signs_in(page, username) == str(zoe.pk)


@pytest.mark.parametrize("username", ["zoe", "zo\u0435\u0308", "zo%", "zo_"])
def test_another_username_is_not(username):
    User.objects.create_superuser("Zo\u00eb", password=PASSWORD)
    assert signs_in(PAGES[0], username) is None


@pytest.mark.parametrize("page", PAGES)
def test_a_very_long_username_is_another_one(page):
    User.objects.create_user("zoe", password=PASSWORD)
    response = Client().post(page, {"username": "x" * 60_000, "password": PASSWORD})
    assert response.status_code == 200
    assert response.context["form"].errors


def test_of_two_accounts_the_one_of_this_case_is_meant():
    first = User.objects.create_user("zo\u00eb", password=PASSWORD)
    second = User(username="Zo\u00eb")
    second.set_password(PASSWORD)
    second.save()
    assert signs_in(PAGES[0], "Zo\u00eb") == str(second.pk)
    assert signs_in(PAGES[0], "zo\u00eb") == str(first.pk)
    assert signs_in(PAGES[0], "ZO\u00cb") is None


def test_the_wrong_password_is_refused_in_every_spelling():
    User.objects.create_user("Zo\u00eb", password=PASSWORD)
    assert signs_in(PAGES[0], "zo\u00eb", "guess") is None
