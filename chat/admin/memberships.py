from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.access import memberships, policies
from chat.admin.forms import EditingForm
from chat.admin.lists import ListAdmin, Outcome, SetFilter, yes_or_no
from chat.cluster import announce
from chat.models import Membership, Person, Room

Role = Membership.Role

REMOVED = Outcome(
    _("Removed."), ngettext_lazy("%(count)d person removed.", "%(count)d people removed.", "count")
)
BANNED = Outcome(
    _("Banned."), ngettext_lazy("%(count)d person banned.", "%(count)d people banned.", "count")
)
FOR_ACCOUNTS = _("A guest cannot have this role. Ask them to sign in.")
CHANGED = Outcome(
    _("Given another role."),
    ngettext_lazy(
        "%(count)d person has another role.", "%(count)d people have another role.", "count"
    ),
)


class MembershipForm(EditingForm):
    banned = forms.BooleanField(
        label=_("Banned"),
        required=False,
        help_text=_("They are out at once, and cannot come into this room again."),
    )

    class Meta:
        labels = {"room": _("Room")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["banned"] = self.instance.banned_at is not None

    def clean(self):
        """Refuse a role that the person cannot have; who is banned has none."""
        fields = super().clean()
        person = fields.get("person") or Person.objects.filter(pk=self.instance.person_id).first()
        role = fields.get("role")
        if person and role and not fields.get("banned") and not policies.may_hold(person, role):
            self.add_error("role", FOR_ACCOUNTS)
        return fields


class BannedFilter(SetFilter):
    title, parameter_name = _("banned"), "banned"
    field = "banned_at"


@admin.register(Membership)
class MembershipAdmin(ListAdmin):
    """Who belongs to which room: a list of its own, as a room may have 10,000 people."""

    form = MembershipForm
    fields = ["room", "person", "role", "banned", "invited_by", "created_at"]
    readonly_fields = ["invited_by", "created_at"]
    autocomplete_fields = ["room", "person"]
    list_display = ["member", "where", "standing", "invited_by", "created_at"]
    lists_times = shows_times = True
    list_filter = ["role", BannedFilter]
    list_select_related = ["room", "person", "invitation__created_by"]
    ordering = ["-pk"]
    sortable_by = ["created_at"]
    linked = ("room__id__exact", "person__id__exact", "invitation__id__exact")
    search_fields = ["person__name", "room__name", "room__slug"]
    actions = [
        *("make_owner", "make_moderator", "make_member", "make_reader"),
        *("remove", "ban"),
    ]

    def get_queryset(self, request):
        """Return the memberships that admins look after: direct rooms stay between their people."""
        return super().get_queryset(request).exclude(room__kind=Room.Kind.DIRECT)

    def get_fields(self, request, obj=None):
        """Return the fields; of a new one there is nothing to show yet."""
        return self.fields if obj else [f for f in self.fields if f not in self.readonly_fields]

    def get_readonly_fields(self, request, obj=None):
        """Return what stays as it is: whom and which room it is about, once it is there."""
        return [*self.readonly_fields, *(["room", "person"] if obj else [])]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Return the field; nobody is put into a direct room."""
        if db_field.name == "room":
            kwargs["queryset"] = Room.objects.moderated()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("person"))
    def member(self, membership):
        return membership.person.name

    @admin.display(description=_("room"))
    def where(self, membership):
        url = reverse("admin:chat_room_change", args=[membership.room_id])
        return format_html('<a href="{}">{}</a>', url, membership.room)

    @admin.display(description=_("banned"))
    def banned(self, membership):
        """Return what the form shows to somebody who may only view."""
        return gettext("Yes") if membership.banned_at else gettext("No")

    @admin.display(description=_("role"))
    def standing(self, membership):
        if membership.banned_at:
            return yes_or_no(True, "blocked", gettext("Banned"))
        return membership.get_role_display()

    @admin.display(description=_("invited by"))
    def invited_by(self, membership):
        return membership.invitation.created_by.name if membership.invitation else "-"

    def save_model(self, request, obj, form, change):
        """Save as the API does: whoever loses a right loses it at once."""
        if form.cleaned_data.get("banned"):
            memberships.remove(obj.room_id, obj.person, ban=True)
        elif not change or form.changed_data:
            memberships.set_role(obj.room_id, obj.person, obj.role)
        obj.pk = Membership.objects.get(room=obj.room_id, person=obj.person_id).pk
        announce.room_changed(obj.room)

    def delete_model(self, request, obj):
        remove(obj)

    def delete_queryset(self, request, queryset):
        for membership in queryset:
            remove(membership)

    def get_actions(self, request):
        """Return the actions, without Django's to delete: `remove` says what that means here."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.action(description=_("Make owners"), permissions=["change"])
    def make_owner(self, request, queryset):
        self._set_roles(request, queryset, Role.OWNER)

    @admin.action(description=_("Make moderators"), permissions=["change"])
    def make_moderator(self, request, queryset):
        self._set_roles(request, queryset, Role.MODERATOR)

    @admin.action(description=_("Make members"), permissions=["change"])
    def make_member(self, request, queryset):
        self._set_roles(request, queryset, Role.MEMBER)

    @admin.action(description=_("Make readers"), permissions=["change"])
    def make_reader(self, request, queryset):
        self._set_roles(request, queryset, Role.READER)

    def _set_roles(self, request, queryset, role: str) -> None:
        others = queryset.filter(banned_at=None).exclude(role=role)
        guests = others.filter(person__kind=Person.Kind.GUEST)
        if not policies.may_hold(None, role) and guests.exists():
            self.message_user(request, FOR_ACCOUNTS, messages.WARNING)
            others = others.exclude(person__kind=Person.Kind.GUEST)
            if not others.exists():
                return
        self.change_each(request, others, setter_of(role), CHANGED)

    @admin.action(description=_("Remove from the room"), permissions=["delete"])
    def remove(self, request, queryset):
        self.change_each(request, queryset, remove, REMOVED)

    @admin.action(description=_("Ban from the room"), permissions=["change"])
    def ban(self, request, queryset):
        self.change_each(request, queryset.filter(banned_at=None), ban, BANNED)


def setter_of(role: str) -> Callable[[Membership], None]:
    """Return what gives somebody a role, and publishes it."""

    def set_role(membership: Membership) -> None:
        memberships.set_role(membership.room_id, membership.person, role)
        announce.room_changed(membership.room)

    return set_role


def remove(membership: Membership) -> None:
    """Remove somebody from a room, and publish it; who was banned may come in again."""
    memberships.remove(membership.room_id, membership.person)
    announce.room_changed(membership.room)


def ban(membership: Membership) -> None:
    """Ban somebody from a room, and publish it."""
    memberships.remove(membership.room_id, membership.person, ban=True)
    announce.room_changed(membership.room)
