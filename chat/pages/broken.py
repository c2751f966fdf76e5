"""The page for an error of the server, which needs as little of it as possible to work."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponse:
    """Show that something broke, in the colours that were chosen; without the database.

    Django's own view passes nothing to the template, so that the page was light in the night.
    """
    page = render_to_string("500.html", {"theme": request.COOKIES.get("theme")})
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)
