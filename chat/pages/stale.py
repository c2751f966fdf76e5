"""Forms that were open for too long: signing in, in another tab, renews the CSRF token, and a
session ends."""

from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.deprecation import MiddlewareMixin

from chat.pages import views
from chat.rules.origins import is_own

SIGN_IN = {"login", "admin:login"}
# Shown once more in their own page. Anybody may lead a browser there, and nothing is done yet.
OWN_PAGES = {"front": views.front_page, "login": views.sign_in_page}


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Show a form again, with what was typed but for passwords, and a valid token.

    Who has signed in meanwhile, in another tab, need not do it again.
    """
    match = request.resolver_match
    if match.view_name in SIGN_IN and views.signs_in_again(request):
        return redirect(next_page(request, "admin:index" if match.app_name else "front"))
    if match.view_name in OWN_PAGES:
        return OWN_PAGES[match.view_name](request, status=HTTPStatus.FORBIDDEN, stale=True)
    return show_again(request)


class SignedOutForms(MiddlewareMixin):
    """Shows a form of the admin again, with what was typed, to whoever is not signed in as an admin
    any more: Django would ask them to sign in, and forget it.
    """

    def process_view(self, request, view, arguments, options) -> HttpResponse | None:
        is_form = request.method == "POST" and is_of_own_page(request)
        if is_form and is_signed_out(request):
            return show_again(request)
        return None


def is_signed_out(request: HttpRequest) -> bool:
    """Return whether a form of the admin was sent by somebody who is no admin, or not any more."""
    match = request.resolver_match
    is_of_admin = match.app_name == "admin" and match.url_name not in {"login", "logout"}
    return is_of_admin and not admin.site.has_permission(request)


def show_again(request: HttpRequest) -> HttpResponse:
    """Show what was typed in a form of an own page, to be sent again."""
    page = {
        "fields": kept_fields(request) if is_of_own_page(request) else None,
        "signed_out": is_signed_out(request),
    }
    return render(request, "403_csrf.html", page, status=HTTPStatus.FORBIDDEN)


def next_page(request: HttpRequest, default: str) -> str:
    """Return where a form to sign in leads to: a page of this site."""
    form = RedirectURLMixin()
    form.request = request
    return form.get_redirect_url() or default


def is_of_own_page(request: HttpRequest) -> bool:
    """Return whether a form was sent by a page of this site, by what the browser says.

    With one click on another's form a person would do what a foreign page had made up for them.
    """
    origin = request.headers.get("Origin", "")
    return is_own(origin, request.scheme, request.get_host())


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of a form that are sent again: all but its passwords."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken" and "password" not in name
    ]
