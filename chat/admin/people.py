from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from chat.admin.forms import EditingForm
from chat.admin.lists import ListAdmin, Outcome, SetFilter, messages_link, yes_or_no
from chat.cluster import announce
from chat.models import Message, Person, Room
from chat.rules.errors import ChatError
from chat.rules.names import clean_name, name_key

TAKEN = _("A member has this name, or one that looks like it. Choose another.")
BLOCKED = Outcome(
    _("Blocked."), ngettext_lazy("%(count)d person blocked.", "%(count)d people blocked.", "count")
)
UNBLOCKED = Outcome(
    _("Unblocked."),
    ngettext_lazy("%(count)d person unblocked.", "%(count)d people unblocked.", "count"),
)


class PersonForm(EditingForm):
    blocked = forms.BooleanField(
        label=_("blocked"),
        required=False,
        help_text=_(
            "They are out at once, wherever they are connected, and cannot come back "
            "as this person."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["blocked"] = self.instance.is_blocked

    def clean_name(self):
        try:
            name = clean_name(self.cleaned_data["name"])
        except ChatError as error:
            raise ValidationError(error.message) from error
        if Person.objects.exclude(pk=self.instance.pk).names_taken([name]):
            raise ValidationError(TAKEN)
        return name


class BlockedFilter(SetFilter):
    title, parameter_name = _("blocked"), "blocked"
    field = "blocked_at"


@admin.register(Person)
class PersonAdmin(ListAdmin):
    """People: never added here, and never deleted, as they are the authors of their messages."""

    form = PersonForm
    fields = ["name", "blocked", "kind", "user", "created_at"]
    readonly_fields = ["kind", "user", "created_at"]
    list_display = ["name", "message_count", "kind", "user", "blocked_mark", "created_at"]
    lists_times = shows_times = True
    list_filter = ["kind", BlockedFilter]
    list_select_related = ["user"]
    ordering = ["-pk"]
    search_fields = ["name_key"]
    actions = ["block", "unblock"]

    @admin.display(description=_("blocked"))
    def blocked(self, person):
        """Return what the form shows to somebody who may only view."""
        return gettext("Yes") if person.is_blocked else gettext("No")

    @admin.display(description=_("blocked"), ordering="blocked_at")
    def blocked_mark(self, person):
        return yes_or_no(person.is_blocked, "blocked", gettext("Blocked"))

    @admin.display(description=_("messages"))
    def message_count(self, person):
        return messages_link(person.message_count, author=person.pk)

    def get_changelist_instance(self, request):
        """Return the list, each person with a `message_count`, counted for this page only."""
        changelist = super().get_changelist_instance(request)
        people = list(changelist.result_list)
        written = Message.objects.filter(author__in=people).order_by().values_list("author")
        # As many as their list shows.
        written = written.exclude(room__kind=Room.Kind.DIRECT)
        counts = dict(written.annotate(Count("pk")))
        for person in people:
            person.message_count = counts.get(person.pk, 0)
        return changelist

    def get_search_results(self, request, queryset, search_term):
        """Search names regardless of case, in every script (SQLite folds only ASCII)."""
        return super().get_search_results(request, queryset, name_key(search_term))

    def save_model(self, request, obj, form, change):
        """Save only the edited fields: another admin may be blocking this person right now."""
        if "name" in form.changed_data:
            obj.rename(obj.name)
            announce.person_renamed(obj)
        if "blocked" in form.changed_data:
            set_blocked(obj, form.cleaned_data["blocked"])

    @admin.action(description=_("Block"), permissions=["change"])
    def block(self, request, queryset):
        active = queryset.filter(blocked_at__isnull=True)
        self.change_each(request, active, lambda person: set_blocked(person, True), BLOCKED)

    @admin.action(description=_("Unblock"), permissions=["change"])
    def unblock(self, request, queryset):
        blocked = queryset.filter(blocked_at__isnull=False)
        self.change_each(request, blocked, lambda person: set_blocked(person, False), UNBLOCKED)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def set_blocked(person: Person, blocked: bool) -> None:
    """Block or unblock a person, and publish the change."""
    person.blocked_at = timezone.now() if blocked else None
    person.save(update_fields=["blocked_at"])
    announce.person_changed(person)
