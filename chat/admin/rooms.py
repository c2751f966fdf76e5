from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Count, F, Value, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from chat import log
from chat.access.memberships import changed_access
from chat.admin.forms import EditingForm
from chat.admin.lists import ListAdmin, Outcome, memberships_link, messages_link
from chat.cluster import announce
from chat.live.server import people_counts
from chat.models import Membership, Message, Room
from chat.rules.errors import ChatError
from chat.rules.names import clean_room_name
from chat.rules.slugs import MAX_SLUG, is_untyped, slug_of_name, unguessable_slug

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

# Not the names of direct rooms: their places in a list would tell whom they are between.
TITLE = Case(When(kind=Room.Kind.DIRECT, then=Value("")), default=F("name"))


class RoomForm(EditingForm):
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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Not there for who may only view. A direct room stays one, and no other becomes one.
        if "kind" in self.fields:
            self.fields["kind"].choices = [
                choice for choice in Room.Kind.choices if choice[0] != Room.Kind.DIRECT
            ]

    def clean_name(self):
        name = clean_room_name(self.cleaned_data["name"])
        if not name:
            raise ValidationError(gettext("Use at least one letter or number."))
        return name

    def clean_slug(self):
        slug, name = self.cleaned_data["slug"], self.cleaned_data.get("name")
        if slug or not name:
            return slug
        if self.data.get("kind") == Room.Kind.PRIVATE:
            return unguessable_slug(name)
        try:
            return slug_of_name(name)
        except ChatError as error:
            raise ValidationError(error.message) from error

    def clean(self):
        """Refuse an address that can be guessed for a private room; one that becomes private gets
        another."""
        settings = super().clean()
        is_private = settings.get("kind") == Room.Kind.PRIVATE
        slug = settings.get("slug")
        becomes_private = is_private and self.instance.pk and "kind" in self.changed_data
        gets_address = becomes_private and "slug" not in self.changed_data
        if slug and Room.objects.filter(public_id=slug).exists():
            self.add_error("slug", gettext("This is a room's id. Choose another address."))
        if is_private and not gets_address and slug and not is_untyped(slug):
            self.add_error(
                "slug",
                gettext("A private room's address cannot be guessed. Leave this empty to get one."),
            )
        return settings


@admin.register(Room)
class RoomAdmin(ListAdmin):
    form = RoomForm
    fields = ["name", "slug", "topic", "kind", "closed", "people"]
    readonly_fields = ["people", "message_count"]
    list_display = [
        *("title", "kind", "message_count", "member_count", "people_now", "writing", "address")
    ]
    list_filter = ["kind", "closed"]
    search_fields = ["name", "slug", "topic"]
    ordering = [TITLE, "pk"]
    actions = ["close_rooms", "open_rooms"]

    def get_fields(self, request, obj=None):
        """Return what is shown: of a direct room that it is there, and how much it holds."""
        is_direct = obj is not None and obj.kind == Room.Kind.DIRECT
        return ["kind", "message_count"] if is_direct else self.fields

    @admin.display(description=_("name"), ordering=TITLE)
    def title(self, room):
        return str(room)

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
        if room.kind == Room.Kind.DIRECT:
            return room.last_seq
        return messages_link(room.last_seq, room=room.pk)

    @admin.display(description=_("members"))
    def member_count(self, room):
        if room.kind == Room.Kind.DIRECT:
            return room.member_count
        return memberships_link(room.member_count, room=room.pk)

    @admin.display(description=_("people"))
    def people(self, room):
        """Return a link to who belongs to a room."""
        if room.pk is None:
            return "-"
        return memberships_link(gettext("Who belongs here, and as what"), room=room.pk)

    def get_changelist_instance(self, request):
        """Return the list, each room with its `people_now` and its `member_count`, which are
        counted for this page only."""
        changelist = super().get_changelist_instance(request)
        rooms, present = list(changelist.result_list), people_counts()
        belonging = Membership.objects.filter(room__in=rooms, banned_at=None).order_by()
        members = dict(belonging.values_list("room").annotate(Count("pk")))
        for room in rooms:
            room.people_now, room.member_count = present.get(room.pk, 0), members.get(room.pk, 0)
        return changelist

    def get_search_results(self, request, queryset, search_term):
        """Search; what direct rooms are called finds none, and no box to choose a room has them."""
        if search_term or request.path == reverse("admin:autocomplete"):
            queryset = queryset.moderated()
        return super().get_search_results(request, queryset, search_term)

    def has_change_permission(self, request, obj=None):
        """Return False for a direct room: it is between its people, and stays as it is."""
        is_direct = obj is not None and obj.kind == Room.Kind.DIRECT
        return not is_direct and super().has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        """Save as the API does, and only what was edited: meanwhile the log may have advanced the
        room's version, and an owner may have changed the rest."""
        if change:
            with changed_access(obj.pk) as stored:
                change_settings(stored, obj, form.changed_data)
            obj.slug = stored.slug
        else:
            obj.save()
            log.keep_address(obj, obj.slug)
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

        others = queryset.moderated().filter(closed=not closed)
        self.change_each(request, others, change, CLOSED if closed else OPENED)

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
            rooms = list(Room.objects.locked_to_delete([room.pk for room in queryset]))
            for room in rooms:
                announce.room_changed(room)
            Room.objects.filter(pk__in=[room.pk for room in rooms]).delete()


def change_settings(stored: Room, edited: Room, fields: list[str]) -> None:
    """Change some fields of a locked room to those of another reading of it, and save them."""
    for name in {"name", "topic", "closed"}.intersection(fields):
        setattr(stored, name, getattr(edited, name))
    if "kind" in fields:
        log.change_kind(stored, edited.kind)
    if "slug" in fields:
        log.move_room(stored, edited.slug)
    stored.save(update_fields=["name", "topic", "closed", "kind", "slug", "password"])


def with_its_messages(room: Room) -> str:
    """Return a room in words, with the number of its messages."""
    words = ngettext(
        "%(name)s (%(address)s), with %(count)d message",
        "%(name)s (%(address)s), with %(count)d messages",
        room.last_seq,
    )
    return words % {"name": str(room), "address": room.slug, "count": room.last_seq}
