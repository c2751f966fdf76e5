"""The pages for errors of the server, which need as little of it as possible to work."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

# What a database raises that is down, full, locked or too slow; other errors of it are bugs.
OUTAGE = (OperationalError, InterfaceError)
# Seconds. Programs wait so long; people have a button.
RETRY_AFTER = 5


def server_error(request: HttpRequest) -> HttpResponse:
    """Show that something broke, in the colours that were chosen; without the database.

    Django's own view passes nothing to the template, so that the page was light in the night.
    """
    if isinstance(sys.exception(), OUTAGE):
        return outage_page(request)
    page = render_to_string("500.html", {"theme": request.COOKIES.get("theme")})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def outage_page(request: HttpRequest) -> HttpResponse:
    """Show that the server cannot reach its data, and a button to try again."""
    page = render(request, "503.html", status=HTTPStatus.SERVICE_UNAVAILABLE)
    page["Retry-After"] = RETRY_AFTER
    return page
