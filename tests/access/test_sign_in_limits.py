"""Nobody tries one password after another, on our page or the admin's."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from chat.pages import forms
from chat.rules import limits

pytestmark = pytest.mark.django_db
PASSWORD = "a password of no use"
PAGES = ["/accounts/login/", "/admin/login/"]


@pytest.fixture(autouse=True)
def nobody_tried(monkeypatch):
    """Nobody has tried so far, and all that a test tries is tried in one moment."""
    monkeypatch.setattr(forms, "sign_ins", limits.SignIns())
    monkeypatch.setattr(forms, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    User.objects.create_superuser("mara", password=PASSWORD)
    User.objects.create_superuser("ion", password=PASSWORD)


def attempt(
    page: str, password: str, username: str = "mara", address: str = "192.0.2.1", **headers: str
):
    fields = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address, headers=headers).post(page, fields)


@pytest.mark.parametrize("page", PAGES)
def test_after_ten_attempts_even_the_right_password_has_to_wait_and_is_told_so(page):
    for _ in range(10):
        assert attempt(page, "guess").status_code == 200
    answer = attempt(page, PASSWORD, username="Mara")
    assert "Too many attempts to sign in: try again in" in answer.content.decode()
    assert "_auth_user_id" not in answer.client.session


@pytest.mark.parametrize("page", PAGES)
def test_the_account_is_not_locked_for_its_owner_elsewhere_nor_others_at_the_address(page):
    for _ in range(12):
        attempt(page, "guess")
    assert attempt(page, PASSWORD, address="192.0.2.2").status_code == 302
    assert attempt(page, PASSWORD, username="ion").status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_nobody_has_more_attempts_for_claiming_another_address_each_time(page):
    for number in range(10):
        attempt(page, "guess", x_forwarded_for=f"198.51.100.{number}")
    answer = attempt(page, PASSWORD, x_forwarded_for="198.51.100.99")
    assert "Too many attempts" in answer.content.decode()


def test_trying_many_names_from_one_address_has_to_wait_as_well():
    for number in range(50):
        attempt(PAGES[0], "guess", username=f"name{number}")
    assert "Too many attempts" in attempt(PAGES[0], PASSWORD).content.decode()


def test_both_pages_share_one_count():
    for page in PAGES * 5:
        attempt(page, "guess")
    assert "Too many attempts" in attempt(PAGES[0], PASSWORD).content.decode()


@override_settings(CHAT_RATE_LIMITS=False)
def test_where_limits_are_lifted_attempts_are_not_counted():
    for _ in range(12):
        attempt(PAGES[0], "guess")
    assert attempt(PAGES[0], PASSWORD).status_code == 302
