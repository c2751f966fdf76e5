"""The pages for errors, which a working site hardly shows: the browser gets them as responses."""

from http import HTTPStatus

from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Page

TEMPLATES = {
    "400.html": HTTPStatus.BAD_REQUEST,
    "403.html": HTTPStatus.FORBIDDEN,
    "403_csrf.html": HTTPStatus.FORBIDDEN,
    "500.html": HTTPStatus.INTERNAL_SERVER_ERROR,
    "503.html": HTTPStatus.SERVICE_UNAVAILABLE,
}


def error_pages() -> dict[str, str]:
    """Return the HTML of each page, with what was typed in a form that is too old."""
    request = RequestFactory().post("/admin/")
    context = {"fields": [("name", "Ana")]}
    return {name: render_to_string(name, context, request) for name in TEMPLATES}


def serve_error_pages(page: Page) -> list[str]:
    """Serve a browser the pages at addresses of the site; return the addresses."""
    pages = error_pages()

    def respond(route):
        name = route.request.url.rpartition("/")[2]
        route.fulfill(status=TEMPLATES[name], content_type="text/html", body=pages[name])

    page.route("**/errors/*", respond)
    return [f"/errors/{name}" for name in pages]
