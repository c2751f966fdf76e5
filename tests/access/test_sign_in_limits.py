"""Attempts to sign in are limited, on the site's page and on the admin's."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from chat.access import signing_in
from chat.access.signing_in import SignIns

pytestmark = pytest.mark.django_db
PASSWORD = "a password of no use"
PAGES = ["/accounts/login/", "/admin/login/"]


@pytest.fixture(autouse=True)
def no_attempts_yet(monkeypatch):
    """Two accounts, no attempts counted so far, and a clock that stands still."""
    monkeypatch.setattr(signing_in, "sign_ins", SignIns())
    monkeypatch.setattr(signing_in, "time", SimpleNamespace(monotonic=lambda: 1000.0))
    User.objects.create_superuser("mara", password=PASSWORD)
    User.objects.create_superuser("ion", password=PASSWORD)


def attempt(
    page: str, password: str, username: str = "mara", address: str = "192.0.2.1", **headers: str
):
    fields = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address, headers=headers).post(page, fields)


@pytest.mark.parametrize("page", PAGES)
def test_after_ten_attempts_the_right_password_waits_too(page):
    for _ in range(10):
        assert attempt(page, "guess").status_code == 200
    response = attempt(page, PASSWORD, username="Mara")
    assert response.status_code == 429
    wait = int(response["Retry-After"])
    assert f"Too many tries. Try again in {wait} s." in response.content.decode()
    assert "_auth_user_id" not in response.client.session


@pytest.mark.parametrize("page", PAGES)
def test_others_and_other_addresses_are_not_locked_out(page):
    for _ in range(12):
        attempt(page, "guess")
    assert attempt(page, PASSWORD, address="192.0.2.2").status_code == 302
    assert attempt(page, PASSWORD, username="ion").status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_a_forged_address_gives_no_more_attempts(page):
    for number in range(10):
        attempt(page, "guess", x_forwarded_for=f"198.51.100.{number}")
    response = attempt(page, PASSWORD, x_forwarded_for="198.51.100.99")
    assert "Too many tries" in response.content.decode()


def test_trying_many_names_from_one_address_is_limited():
    for number in range(50):
        attempt(PAGES[0], "guess", username=f"name{number}")
    assert "Too many tries" in attempt(PAGES[0], PASSWORD).content.decode()


def test_both_pages_share_one_count():
    for page in PAGES * 5:
        attempt(page, "guess")
    assert "Too many tries" in attempt(PAGES[0], PASSWORD).content.decode()


def test_addresses_of_one_ipv6_network_share_their_attempts():
    sign_ins = SignIns()
    waits = [sign_ins.wait(f"2001:db8::{number}", "mara", 0.0) for number in range(11)]
    assert [wait > 0 for wait in waits] == [False] * 10 + [True]


@override_settings(CHAT_RATE_LIMITS=False)
def test_without_rate_limits_attempts_are_not_counted():
    for _ in range(12):
        attempt(PAGES[0], "guess")
    assert attempt(PAGES[0], PASSWORD).status_code == 302
