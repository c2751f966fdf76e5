"""The filter of messages: a form, because there are too many rooms and people to list."""

from datetime import datetime, time

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Message, Person, Room

ANY = _("Any")


class Autocomplete(AutocompleteSelect):
    """Django's box that searches while one types; one that is empty says so, and has a name."""

    def build_attrs(self, base_attrs, extra_attrs=None):
        return super().build_attrs(base_attrs, extra_attrs) | {"data-placeholder": ANY}

    def create_option(self, name, value, label, *args, **kwargs):
        return super().create_option(name, value, label or ANY, *args, **kwargs)


def autocomplete(name: str) -> Autocomplete:
    """Return a box that searches the objects of a message's foreign key while one types."""
    field = Message._meta.get_field(name)
    return Autocomplete(field, admin.site, attrs={"data-width": "100%"})


def day(label: str) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget)


class MessageFilterForm(forms.Form):
    room = forms.ModelChoiceField(
        Room.objects.moderated(), label=_("Room"), required=False, widget=autocomplete("room")
    )
    author = forms.ModelChoiceField(
        Person.objects, label=_("Author"), required=False, widget=autocomplete("author")
    )
    since = day(_("From"))
    until = day(_("To"))

    def conditions(self) -> dict:
        """Return the selection as conditions on messages."""
        chosen = self.cleaned_data
        conditions = {
            "room": chosen["room"],
            "author": chosen["author"],
            "created_at__gte": moment(chosen["since"], time.min),
            "created_at__lte": moment(chosen["until"], time.max),
        }
        return {name: value for name, value in conditions.items() if value is not None}


def moment(date, of_day: time) -> datetime | None:
    """Return a time on a date in the site's time zone; None without a date."""
    return date and timezone.make_aware(datetime.combine(date, of_day))


class MessageFilter(admin.ListFilter):
    """By room, author and days, which are query parameters named as the form's fields."""

    title = _("room, author and day")
    template = "admin/chat/message/filter.html"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]
        self.form = MessageFilterForm(self.used_parameters)

    def expected_parameters(self) -> list[str]:
        return list(MessageFilterForm.base_fields)

    def has_output(self) -> bool:
        return True

    def queryset(self, request, queryset):
        """Return the messages that match. Raises IncorrectLookupParameters for invalid fields."""
        if not self.form.is_valid():
            raise IncorrectLookupParameters(self.form.errors)
        return queryset.filter(**self.form.conditions())

    def choices(self, changelist):
        """Return the query's other parameters as (name, value), for the form to keep."""
        own = self.expected_parameters()
        return [(name, value) for name, value in changelist.params.items() if name not in own]
