from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.validators import MinValueValidator
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import log
from chat.admin.forms import EditingForm
from chat.cluster import announce
from chat.models import Configuration, Room


class ConfigurationForm(EditingForm):
    def clean(self):
        """Refuse a default room that not everybody may enter, or that does not exist and that
        joining would not create."""
        settings = super().clean()
        slug = settings.get("default_room")
        closed = settings.get("joining_creates_rooms") is False
        # What is so already keeps nobody from changing the rest.
        if slug and {"default_room", "joining_creates_rooms"}.intersection(self.changed_data):
            room = log.look_up(slug)
            if room is None and closed:
                self.add_error("default_room", gettext("There is no such room. Add it first."))
            elif room and room.kind != Room.Kind.PUBLIC:
                self.add_error("default_room", gettext("Choose a room that everybody may enter."))
        return settings


@admin.register(Configuration)
class ConfigurationAdmin(admin.ModelAdmin):
    """The only row of settings: its form, without a list."""

    form = ConfigurationForm
    fieldsets = [
        (_("The site"), {"fields": ["site_name", "welcome", "default_room"]}),
        (_("Who may do what"), {"fields": ["guests_may_write", "joining_creates_rooms"]}),
        (_("Other websites"), {"fields": ["allowed_origins"]}),
        (_("Messages"), {"fields": ["max_body", "edit_hours"]}),
        (
            _("How fast people may write"),
            {
                "description": _(
                    "People may send a burst at once, then this many a second. "
                    "Anything faster waits."
                ),
                "fields": [
                    ("socket_rate", "socket_burst"),
                    ("person_rate", "person_burst"),
                    ("address_rate", "address_burst"),
                ],
            },
        ),
        (
            _("How many connections people may have"),
            {
                "description": _(
                    "Each tab takes one. A school or an office often shares one network address. "
                    "Counted in each process of the server."
                ),
                "fields": ["person_sockets", "address_sockets"],
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Return a field whose least number is the setting's: Django's own says 0."""
        least = [v.limit_value for v in db_field.validators if isinstance(v, MinValueValidator)]
        if least:
            kwargs["min_value"] = max(least)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changelist_view(self, request, extra_context=None):
        """Redirect to the form."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:chat_configuration_change", args=[1]))

    def get_object(self, request, object_id, from_field=None):
        """Return the only row, with the defaults if nothing was ever saved."""
        return Configuration.load() if object_id == "1" else None

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        announce.configuration_changed()

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
