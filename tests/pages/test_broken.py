"""The page for an error of the server."""

from http import HTTPStatus

import pytest
from django.db import OperationalError
from django.test import Client

from chat.models import Configuration


@pytest.fixture
def broken(monkeypatch) -> Client:
    """Return somebody whose requests get no answer of the database."""

    def fail():
        raise OperationalError("secret")

    monkeypatch.setattr(Configuration, "load", fail)
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_error_is_shown_in_the_chosen_colours(broken, theme):
    broken.cookies["theme"] = theme
    response = broken.get("/")
    assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert f'<html lang="en" data-theme="{theme}">' in response.content.decode()


@pytest.mark.parametrize("theme", [None, "system", '"><script>alert(1)</script>'])
def test_an_error_is_shown_in_the_systems_colours_otherwise(broken, theme):
    if theme:
        broken.cookies["theme"] = theme
    page = broken.get("/").content.decode()
    assert '<html lang="en">' in page
    assert "Something broke" in page
    assert "secret" not in page
