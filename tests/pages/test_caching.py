"""No cache between the site and a browser keeps what is for one person."""

import re
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from chat.pages.caching import mark_private

pytestmark = pytest.mark.django_db

CREDENTIALS = {"username": "ada", "password": "a-good-password"}


def addresses(resolver=None, prefix="/") -> list[str]:
    """Return every address of the site without parameters, but for the API's.

    The API's responses do not pass Django's middleware, and each is `no-store`.
    """
    found = []
    for each in (resolver or get_resolver()).url_patterns:
        path = f"{prefix}{each.pattern}".replace("^", "").replace("$", "").replace("\\Z", "")
        found += [path] if isinstance(each, URLPattern) else addresses(each, path)
    return [path for path in found if not re.search("[<(]|^/api/v1/", path)]


def assert_private(response) -> None:
    controls = set(response["Cache-Control"].split(", "))
    assert controls & {"private", "no-store"}, response.request["PATH_INFO"]
    assert not controls & {"public"}, response.request["PATH_INFO"]
    assert "Cookie" in response["Vary"].split(", "), response.request["PATH_INFO"]


@pytest.fixture
def admin():
    return User.objects.create_superuser(**CREDENTIALS)


@pytest.mark.parametrize("signed_in", [False, True])
def test_whatever_sets_a_cookie_and_every_page_is_private(admin, signed_in):
    seen = set()
    for address in [*addresses(), "/rooms/lobby/", "/nothing/", "/rooms/!!!/"]:
        client = Client(headers={"accept": "*/*"})
        if signed_in:
            client.force_login(admin)
        response = client.get(address)
        if response.cookies or response.get("Content-Type", "").startswith("text/html"):
            assert_private(response)
            seen.add(address)
    assert seen >= {"/", "/rooms/lobby/", "/nothing/", "/accounts/login/", "/api/docs/", "/admin/"}


def test_signing_in_and_out_is_private(admin):
    client = Client()
    response = client.post("/accounts/login/", CREDENTIALS)
    assert (response.status_code, "sessionid" in response.cookies) == (HTTPStatus.FOUND, True)
    assert_private(response)
    response = client.post("/accounts/logout/")
    assert "sessionid" in response.cookies
    assert_private(response)


@pytest.mark.usefixtures("static_files")
def test_what_is_the_same_for_everybody_stays_public(client):
    for address in ("/manifest.webmanifest", "/client.js", "/robots.txt"):
        response = client.get(address)
        assert "public" in response["Cache-Control"]
        assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("control", ["public, max-age=300", "no-store", ""])
def test_a_cookie_makes_any_response_private(control):
    response = HttpResponse(content_type="application/json")
    if control:
        response["Cache-Control"] = control
    response.set_cookie("csrftoken", "x")
    marked = mark_private(response)
    assert "public" not in marked["Cache-Control"]
    assert {"private", "no-store"} & set(marked["Cache-Control"].split(", "))
    assert marked["Vary"] == "Cookie"


@pytest.mark.parametrize("address", ["/", "/rooms/lobby/"])
def test_what_a_slow_line_waits_for_is_compressed(client, db, address):
    plain = client.get(address)
    zipped = client.get(address, headers={"accept-encoding": "gzip"})
    assert zipped["Content-Encoding"] == "gzip"
    assert len(zipped.content) < len(plain.content) / 2
    assert "Content-Encoding" not in plain
    assert "Accept-Encoding" in plain["Vary"]
