"""The pages for errors of the server."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, OperationalError
from django.test import Client

from chat.models import Configuration
from chat.pages.broken import RETRY_AFTER


@pytest.fixture
def failing(monkeypatch):
    """Return a function that makes the pages raise an error, and returns somebody who asks."""

    def fail_with(error: Exception, where=Configuration, name="load") -> Client:
        def fail(*args, **kwargs):
            raise error

        monkeypatch.setattr(where, name, fail)
        return Client(raise_request_exception=False)

    return fail_with


@pytest.fixture
def member(db) -> User:
    return User.objects.create_user("mia", password="a-good-password")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_error_is_shown_in_the_chosen_colours(failing, theme):
    client = failing(RuntimeError("secret"))
    client.cookies["theme"] = theme
    response = client.get("/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert f'<html lang="en" data-theme="{theme}">' in response.content.decode()


@pytest.mark.parametrize("theme", [None, "system", '"><script>alert(1)</script>'])
def test_an_error_is_shown_in_the_systems_colours_otherwise(failing, theme):
    client = failing(IntegrityError("secret"))
    if theme:
        client.cookies["theme"] = theme
    response = client.get("/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    page = response.content.decode()
    assert '<html lang="en">' in page
    assert "Something broke" in page
    assert "secret" not in page


@pytest.mark.parametrize("address", ["/", "/rooms/lobby/", "/accounts/login/?next=/rooms/lobby/"])
def test_an_outage_of_the_database_is_503_with_a_way_to_try_again(failing, address, caplog):
    client = failing(OperationalError("secret"))
    client.cookies["theme"] = "dark"
    response = client.get(address)
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"] == str(RETRY_AFTER)
    page = response.content.decode()
    assert 'data-theme="dark"' in page
    assert "Back in a moment" in page
    assert f'href="{address}"' in page
    assert "secret" not in page
    assert "Traceback" not in caplog.text


def test_an_outage_outside_of_a_view_is_503_too(failing, member):
    client = failing(OperationalError("secret"), SessionStore, "save")
    credentials = {"username": "mia", "password": "a-good-password"}
    response = client.post("/accounts/login/", credentials)
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Back in a moment" in response.content.decode()
