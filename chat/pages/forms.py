"""The form of the first page."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.rules.errors import ChatError
from chat.rules.names import MAX_NAME, MAX_ROOM_NAME, clean_name
from chat.rules.slugs import slug_of


class EnterForm(forms.Form):
    """A person's name and the room to join. `cleaned_data["room"]` is the room's slug."""

    name = forms.CharField(
        label=_("Your name"), strip=False, error_messages={"required": _("Type your name.")}
    )
    room = forms.CharField(
        label=_("Room"), strip=False, error_messages={"required": _("Type the name of a room.")}
    )

    def __init__(self, *args, is_member: bool, may_create: bool, **kwargs):
        """Make the form; a member has a name already."""
        super().__init__(*args, **kwargs)
        if may_create:
            self.fields["room"].help_text = _("Or type a new name to start one.")
        self.fields["room"].widget.attrs |= {"maxlength": MAX_ROOM_NAME, "autocomplete": "off"}
        if is_member:
            del self.fields["name"]
        else:
            self.fields["name"].widget.attrs |= {"maxlength": MAX_NAME, "autocomplete": "nickname"}

    def clean_name(self) -> str:
        return as_field_error(clean_name, self.cleaned_data["name"])

    def clean_room(self) -> str:
        return as_field_error(slug_of, self.cleaned_data["room"])


def as_field_error(clean: Callable[[str], str], text: str) -> str:
    """Return `clean(text)`; raise its refusal as the field's error."""
    try:
        return clean(text)
    except ChatError as error:
        raise forms.ValidationError(error.message, code=error.code) from error
