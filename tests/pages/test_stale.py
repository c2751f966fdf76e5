"""Forms whose CSRF token is not valid any more: what was typed stays."""

import re
from html import unescape
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.test import Client

from chat.models import Room

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
PASSWORD = "a-good-password"
OWN = {"headers": {"Origin": "http://testserver"}}


@pytest.fixture(autouse=True)
def members(settings):
    settings.CHAT_RATE_LIMITS = False
    User.objects.create_superuser("mia", password=PASSWORD)
    User.objects.create_user("ben", password=PASSWORD)


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def token_of(response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[1]


def post(browser: Client, address: str, token: str, **fields):
    return browser.post(address, fields | {"csrfmiddlewaretoken": token}, **OWN)


def sign_in(browser: Client, token: str, username: str = "mia", address: str = LOGIN, **fields):
    return post(browser, address, token, username=username, password=PASSWORD, **fields)


def username_in(browser: Client) -> str | None:
    response = browser.get("/")
    user = response.context["user"]
    return user.get_username() or None


@pytest.mark.parametrize(("address", "home"), [(LOGIN, "/"), ("/admin/login/", "/admin/")])
def test_signing_in_from_two_tabs_that_were_open_before_lets_both_in(browser, address, home):
    tokens = [token_of(browser.get(address)) for _ in range(2)]
    assert sign_in(browser, tokens[0], address=address).status_code == HTTPStatus.FOUND
    assert sign_in(browser, tokens[1], address=address).url == home
    again = sign_in(browser, tokens[1], "Mia", address, next="/rooms/garden/")
    assert again.url == "/rooms/garden/"
    foreign = sign_in(browser, tokens[1], address=address, next="https://evil.example/")
    assert foreign.url == home


def test_a_second_tab_does_not_become_somebody_else_silently(browser):
    stale = token_of(browser.get(LOGIN))
    sign_in(browser, token_of(browser.get(LOGIN)))
    response = sign_in(browser, stale, "ben")
    assert "You are signed in as <bdi>mia</bdi>." in response.content.decode()
    assert 'value="ben"' in response.content.decode()
    fresh = sign_in(browser, token_of(response), "ben")
    assert "You are signed in as <bdi>mia</bdi>." in fresh.content.decode()
    assert username_in(browser) == "mia"


def test_a_stale_form_to_sign_in_keeps_the_username_and_not_the_password(browser):
    browser.get(LOGIN)
    response = sign_in(browser, "x" * 64, next="/rooms/garden/")
    assert response.status_code == HTTPStatus.FORBIDDEN
    text = response.content.decode()
    assert "This page was open for too long" in text
    assert 'value="mia"' in text
    assert PASSWORD not in text
    assert sign_in(browser, token_of(response), next="/rooms/garden/").url == "/rooms/garden/"


def test_a_stale_first_page_keeps_the_name_and_the_room(browser):
    response = post(browser, "/", "x" * 64, name="Ana <b>", room="Chess & Go")
    assert response.status_code == HTTPStatus.FORBIDDEN
    text = unescape(response.content.decode())
    assert 'value="Ana <b>"' in text
    assert 'value="Chess & Go"' in text
    again = post(browser, "/", token_of(response), name="Ana", room="Chess & Go")
    assert again.url == "/rooms/chess-go/"


def test_any_other_stale_form_can_be_sent_again(browser):
    sign_in(browser, token_of(browser.get(LOGIN)))
    address = "/admin/chat/room/add/?x=1"
    fields = {"slug": "tea", "name": 'Tea "House"', "topic": "two\nlines"}
    response = post(browser, address, "x" * 64, **fields, password1="secret-word")
    text = response.content.decode()
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "secret-word" not in text
    assert f'action="{address}"' in text
    kept = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text))
    assert {name: unescape(kept[name]) for name in fields} == fields
    # A form without any field: signing out.
    response = post(browser, "/accounts/logout/", "x" * 64)
    post(browser, "/accounts/logout/", token_of(response))
    assert username_in(browser) is None


@pytest.mark.parametrize("is_stale", [True, False])
@pytest.mark.parametrize("other", [None, "ben"])
def test_a_form_of_somebody_who_was_signed_out_waits_until_they_are_back(browser, is_stale, other):
    sign_in(browser, token_of(browser.get(LOGIN)))
    address = "/admin/chat/room/add/"
    page = browser.get(address)
    if other:
        post(browser, "/accounts/logout/", token_of(page))
        sign_in(browser, token_of(browser.get(LOGIN)), other)
        assert username_in(browser) == other
    else:
        browser.cookies.pop("sessionid")
    fields = {"slug": "tea", "name": "Tea <House>", "kind": "public", "invites": "owners"}
    response = post(browser, address, "x" * 64 if is_stale else token_of(page), **fields)
    assert response.status_code == HTTPStatus.FORBIDDEN
    text = response.content.decode()
    assert "What you typed is kept. Sign in in another tab" in text
    hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text)
    kept = {name: unescape(value) for name, value in hidden}
    assert {name: kept[name] for name in fields} == fields
    admin_login = "/admin/login/"
    sign_in(browser, token_of(browser.get(admin_login)), address=admin_login)
    # Signing in has renewed the token.
    response = post(browser, address, token_of(response), **kept)
    response = post(browser, address, token_of(response), **kept)
    assert response.url == "/admin/chat/room/"
    assert Room.objects.get(slug="tea").name == "Tea <House>"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
def test_a_form_of_another_website_is_never_offered_again(browser, origin):
    sign_in(browser, token_of(browser.get(LOGIN)))
    headers = {"headers": {"Origin": origin}} if origin else {}
    response = browser.post("/admin/chat/room/add/", {"name": "Evil"}, **headers)
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Evil" not in response.content.decode()
