from django.contrib import admin
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.access import revoking
from chat.admin.lists import ListAdmin, Outcome, SetFilter, memberships_link, yes_or_no
from chat.cluster import announce
from chat.models import Invitation

REVOKED = Outcome(
    _("Revoked."),
    ngettext_lazy("%(count)d invitation revoked.", "%(count)d invitations revoked.", "count"),
)
REMOVED = Outcome(
    _("Revoked, and who came by it removed."),
    ngettext_lazy(
        "%(count)d invitation revoked, and who came by it removed.",
        "%(count)d invitations revoked, and who came by them removed.",
        "count",
    ),
)


class RevokedFilter(SetFilter):
    title, parameter_name = _("revoked"), "revoked"
    field = "revoked_at"


@admin.register(Invitation)
class InvitationAdmin(ListAdmin):
    """Invitations, to see and to revoke. They are made in the chat: nobody here knows their links.

    The permission to change invitations is the one to revoke them.
    """

    fields = [
        *("created_by", "to", "role", "used", "who_came", "created_at"),
        *("expires_at", "revoked_at"),
    ]
    readonly_fields = ["to", "used", "who_came"]
    list_display = ["made_by", "to", "role", "used", "who_came", "expires_at", "state"]
    lists_times = shows_times = True
    list_filter = [RevokedFilter, "role"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]
    sortable_by = ["expires_at"]
    search_fields = ["created_by__name", "rooms__name"]
    actions = ["revoke", "revoke_and_remove"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("rooms")

    @admin.display(description=_("by"))
    def made_by(self, invitation):
        return invitation.created_by.name

    @admin.display(description=_("rooms"))
    def to(self, invitation):
        return ", ".join(room.name for room in invitation.rooms.all())

    @admin.display(description=_("uses"))
    def used(self, invitation):
        if invitation.max_uses is None:
            return invitation.uses
        used, most = invitation.uses, invitation.max_uses
        return gettext("%(used)d of %(most)d") % {"used": used, "most": most}

    @admin.display(description=_("who came"))
    def who_came(self, invitation):
        return memberships_link(gettext("Show"), invitation=invitation.pk)

    @admin.display(description=_("revoked"))
    def state(self, invitation):
        return yes_or_no(invitation.revoked_at is not None, "deleted", gettext("Revoked"))

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request, queryset):
        self.change_each(request, queryset.filter(revoked_at=None), revoking.revoke, REVOKED)

    @admin.action(description=_("Revoke, and remove who came"), permissions=["revoke"])
    def revoke_and_remove(self, request, queryset):
        self.change_each(request, queryset, revoke_and_remove, REMOVED)

    def has_revoke_permission(self, request):
        return super().has_change_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def revoke_and_remove(invitation: Invitation) -> None:
    """End an invitation, remove who came by it, and publish that."""
    for room in revoking.revoke_and_remove(invitation):
        announce.room_changed(room)
