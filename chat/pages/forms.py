"""What people fill in on the pages."""

import time

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm

from chat.rules.errors import ChatError
from chat.rules.limits import sign_ins
from chat.rules.names import MAX_NAME, MAX_ROOM_NAME, clean_name, slug_of


class EnterForm(forms.Form):
    """Who comes in, and to which room. `cleaned_data["room"]` is the room's slug."""

    name = forms.CharField(
        label="Your name", strip=False, error_messages={"required": "Type a name to be known by."}
    )
    room = forms.CharField(
        label="Room", strip=False, error_messages={"required": "Type the name of a room."}
    )

    def __init__(self, *args, is_member: bool, **kwargs):
        """Make the form; a member has a name already."""
        super().__init__(*args, **kwargs)
        self.fields["room"].widget.attrs |= {"maxlength": MAX_ROOM_NAME, "autocomplete": "off"}
        if is_member:
            del self.fields["name"]
        else:
            self.fields["name"].widget.attrs |= {"maxlength": MAX_NAME, "autocomplete": "nickname"}

    def clean_name(self) -> str:
        return in_words(clean_name, self.cleaned_data["name"])

    def clean_room(self) -> str:
        return in_words(slug_of, self.cleaned_data["room"])


class Unhurried:
    """Lets nobody try one password after another; for Django's forms to sign in.

    A library for this (django-axes) brings tables, a backend and middleware, and locks accounts
    that somebody else attacks.
    """

    def clean(self):
        if settings.CHAT_RATE_LIMITS:
            address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
            username = self.cleaned_data.get("username") or ""
            if wait := sign_ins.wait(address, username, time.monotonic()):
                raise forms.ValidationError(
                    f"Too many attempts to sign in: try again in {round(wait + 0.5)} s.",
                    code="rate_limited",
                )
        return super().clean()


class AdminSignInForm(Unhurried, AdminAuthenticationForm):
    """The admin's."""


class SignInForm(Unhurried, AuthenticationForm):
    """Django's, with an error that says what to do."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "That username and password do not go together. Try again.",
        "inactive": "This account is switched off. Ask an admin.",
    }


def in_words(clean, text: str) -> str:
    """Return `clean(text)`; its refusal becomes the field's error."""
    try:
        return clean(text)
    except ChatError as error:
        raise forms.ValidationError(error.message, code=error.code) from error
