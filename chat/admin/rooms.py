from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.admin.lists import ListAdmin, Outcome, messages_link
from chat.cluster import announce
from chat.live.server import people_counts
from chat.log import keep_address
from chat.models import Message, Room
from chat.rules.errors import ChatError
from chat.rules.names import clean_room_name
from chat.rules.slugs import MAX_SLUG, slug_of

CLOSED = Outcome(
    _("Closed to writing."),
    ngettext_lazy(
        "%(count)d room closed to writing.", "%(count)d rooms closed to writing.", "count"
    ),
)
OPENED = Outcome(
    _("Opened to writing."),
    ngettext_lazy(
        "%(count)d room opened to writing.", "%(count)d rooms opened to writing.", "count"
    ),
)


class RoomForm(forms.ModelForm):
    """A room's settings. An empty address is derived from the name, as when joining.

    Not while typing: Django's own script would drop the vowel signs of many scripts.
    """

    slug = forms.CharField(
        label=_("Address"),
        max_length=MAX_SLUG,
        required=False,
        help_text=format_lazy(
            "{} {}",
            Room._meta.get_field("slug").help_text,
            _("Leave it empty to have it made from the name."),
        ),
    )

    def clean_name(self):
        name = clean_room_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(gettext("Use at least one letter or number."))
        return name

    def clean_slug(self):
        slug, name = self.cleaned_data["slug"], self.cleaned_data.get("name")
        if slug or not name:
            return slug
        try:
            return slug_of(name)
        except ChatError as error:
            raise ValidationError(error.message) from error


@admin.register(Room)
class RoomAdmin(ListAdmin):
    form = RoomForm
    fields = ["name", "slug", "topic", "closed"]
    list_display = ["name", "message_count", "people_now", "writing", "address"]
    list_filter = ["closed"]
    search_fields = ["name", "slug", "topic"]
    actions = ["close_rooms", "open_rooms"]

    @admin.display(description=_("address"), ordering="slug")
    def address(self, room):
        return format_html('<a href="{}">{}</a>', room.get_absolute_url(), room.slug)

    @admin.display(description=_("writing"), ordering="closed")
    def writing(self, room):
        return gettext("Closed") if room.closed else gettext("Open")

    @admin.display(description=_("people there now"))
    def people_now(self, room):
        return room.people_now

    @admin.display(description=_("messages"), ordering="last_seq")
    def message_count(self, room):
        return messages_link(room.last_seq, room=room.pk)

    def get_changelist_instance(self, request):
        """Return the list, each room with its `people_now`."""
        changelist = super().get_changelist_instance(request)
        counts = people_counts()
        for room in changelist.result_list:
            room.people_now = counts.get(room.pk, 0)
        return changelist

    def save_model(self, request, obj, form, change):
        """Save only the edited fields: meanwhile the log may have advanced the room's version."""
        obj.save(update_fields=form.changed_data if change else None)
        if not change or "slug" in form.changed_data:
            keep_address(obj, form.initial.get("slug") or obj.slug)
        announce.room_changed(obj)

    @admin.action(description=_("Close to writing"), permissions=["change"])
    def close_rooms(self, request, queryset):
        self._set_closed(request, queryset, closed=True)

    @admin.action(description=_("Open to writing"), permissions=["change"])
    def open_rooms(self, request, queryset):
        self._set_closed(request, queryset, closed=False)

    def _set_closed(self, request, queryset, *, closed: bool):
        def change(room):
            room.closed = closed
            room.save(update_fields=["closed"])
            announce.room_changed(room)

        self.change_each(
            request, queryset.filter(closed=not closed), change, CLOSED if closed else OPENED
        )

    def get_deleted_objects(self, objs, request):
        """Return the numbers of what is deleted; Django would read and list every message."""
        rooms = list(objs)
        number = sum(room.last_seq for room in rooms)
        counts = {
            self.opts.verbose_name_plural: len(rooms),
            Message._meta.verbose_name_plural: number,
        }
        return [with_its_messages(room) for room in rooms], counts, set(), []

    def delete_model(self, request, obj):
        self.delete_queryset(request, Room.objects.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        """Delete rooms and their messages while the rooms are locked: none may arrive between."""
        with transaction.atomic():
            rooms = list(Room.objects.locked([room.pk for room in queryset]))
            for room in rooms:
                announce.room_changed(room)
            Room.objects.filter(pk__in=[room.pk for room in rooms]).delete()


def with_its_messages(room: Room) -> str:
    """Return a room in words, with the number of its messages."""
    words = ngettext(
        "%(name)s (%(address)s), with %(count)d message",
        "%(name)s (%(address)s), with %(count)d messages",
        room.last_seq,
    )
    return words % {"name": room.name, "address": room.slug, "count": room.last_seq}
