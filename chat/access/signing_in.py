"""Signing in with a username and a password: the forms, and a limit on attempts."""

import logging
import math
import time
from http import HTTPStatus

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.access.identity import stored_username
from chat.rules.limits import Buckets, Rate, network_of
from chat.rules.names import MAX_TYPED, name_key
from chat.rules.notices import Notice

logger = logging.getLogger(__name__)

# Attempts to sign in: to one account from one address, and to any account from one address,
# which a school or an office shares.
SIGN_IN = Rate(per_second=1 / 30, burst=10)
SIGN_IN_AT_ADDRESS = Rate(per_second=1 / 6, burst=50)


class SignIns:
    """Counts attempts to sign in, in each process for itself.

    Counted by account and address together, so that nobody can lock somebody else's account from
    another address.
    """

    def __init__(self):
        self._accounts = Buckets()
        self._addresses = Buckets()
        self._busy = Notice(logger, "Sign-ins from %s were refused: there were too many.")

    def wait(self, address: str, username: str, now: float) -> float:
        """Count an attempt; return 0 when it may be made now, else the seconds to wait."""
        network = network_of(address)
        if wait := self._addresses.take(network, SIGN_IN_AT_ADDRESS, now):
            self._busy.warn(address)
            return wait
        account = (network, name_key(username[:MAX_TYPED]))
        return self._accounts.take(account, SIGN_IN, now)


sign_ins = SignIns()


class RateLimitedSignIn:
    """Refuses a series of guessed passwords; a mixin for Django's forms to sign in.

    A library for this (django-axes) brings tables, a backend and middleware, and locks accounts
    that somebody else attacks. `retry_after` is in seconds, where an attempt was held back.
    """

    retry_after: int | None = None

    def clean(self):
        if settings.CHAT_RATE_LIMITS:
            address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
            username = self.cleaned_data.get("username") or ""
            if wait := sign_ins.wait(address, username, time.monotonic()):
                self.retry_after = math.ceil(wait)
                raise forms.ValidationError(
                    _("Too many tries. Try again in %(seconds)s s.")
                    % {"seconds": self.retry_after},
                    code="rate_limited",
                )
        if username := self.cleaned_data.get("username"):
            self.cleaned_data["username"] = stored_username(username)
        return super().clean()


def mark_held_back(response: HttpResponse) -> HttpResponse:
    """Return a response of a page to sign in, with 429 where its form held the attempt back."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    if getattr(form, "retry_after", None):
        response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        response["Retry-After"] = form.retry_after
    return response


class AdminSignInForm(RateLimitedSignIn, AdminAuthenticationForm):
    """The admin's form to sign in."""


class SignInForm(RateLimitedSignIn, AuthenticationForm):
    """The site's form to sign in: Django's, with errors that say what to do."""

    def focus_refused(self) -> None:
        """Focus the first field that is missing; else the password, which no page keeps."""
        refused = next((name for name in self.fields if name in self.errors), "password")
        for name, field in self.fields.items():
            field.widget.attrs |= {"autofocus": name == refused}

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": gettext_lazy("The username or the password is not right."),
        "inactive": gettext_lazy("This account is switched off. Ask an admin."),
    }
