from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator, format_lazy
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from chat import log
from chat.admin.filters import MessageFilter, MessageFilterForm
from chat.admin.lists import MAX_LISTED, NUMBER, ListAdmin, Outcome, SetFilter, yes_or_no
from chat.cluster import announce
from chat.models import Message, Reaction, Revision, Room

# Characters of a message in the list: enough to see what was meant.
SHOWN = 300
# Earlier texts of a message, and people who reacted to it, on its page.
EARLIER_SHOWN = 20
PEOPLE_SHOWN = 500

DELETED = Outcome(
    _("Deleted."),
    ngettext_lazy("%(count)d message deleted.", "%(count)d messages deleted.", "count"),
)
RESTORED = Outcome(
    _("Restored."),
    ngettext_lazy("%(count)d message restored.", "%(count)d messages restored.", "count"),
)


class DeletedFilter(SetFilter):
    title, parameter_name = _("deleted"), "deleted"
    field = "deleted_at"


@admin.register(Message)
class MessageAdmin(ListAdmin):
    """Messages, to read, delete and restore; only chat.log changes them.

    A deleted message keeps its row and can be read here. The permission to delete messages
    includes restoring them.
    """

    lists_times = shows_times = True
    fields = [
        *("whole_text", "earlier_texts", "who_reacted", "author", "room", "number"),
        *("created_at", "edited_at", "deleted_at"),
    ]
    readonly_fields = ["whole_text", "earlier_texts", "who_reacted", "number"]
    list_display = ["text", "writer", "room", "created_at", "deleted"]
    list_filter = [MessageFilter, DeletedFilter]
    list_select_related = ["room", "author"]
    linked = tuple(MessageFilterForm.base_fields)
    # The order in which messages were written; unlike their times it has an index.
    ordering = ["-pk"]
    sortable_by = []
    search_fields = ["body", "author__name"]
    search_help_text = format_lazy(
        _("Looks at texts and authors. The list ends after the newest {count} that fit."),
        count=f"{MAX_LISTED:,}",
    )
    actions = ["delete_messages", "restore_messages"]

    def get_queryset(self, request):
        """Return the messages that admins may read: what is said in direct rooms is not theirs.

        Whatever is shown, found, counted or changed here comes from this.
        """
        return super().get_queryset(request).exclude(room__kind=Room.Kind.DIRECT)

    @property
    def media(self):
        return super().media + MessageFilterForm().media

    @admin.display(description=_("author"))
    def writer(self, message):
        url = reverse("admin:chat_person_change", args=[message.author_id])
        return format_html('<a href="{}">{}</a>', url, message.author)

    @admin.display(description=_("text"))
    def whole_text(self, message):
        return message.body

    @admin.display(description=_("earlier texts"))
    def earlier_texts(self, message):
        """Show what a message said before its author edited it, the newest first, and a link to
        those that are older still: nobody hides a text by editing often."""
        kept = Revision.objects.filter(room_id=message.room_id, seq=message.seq)
        if message.texts_before:
            kept = kept.filter(version__lt=message.texts_before)
        revisions = list(kept[:EARLIER_SHOWN])
        rows = [(revision.body,) for revision in revisions]
        shown = format_html_join("", '<p dir="auto">{}</p>', rows) or "-"
        if (hidden := kept.count() - EARLIER_SHOWN) <= 0:
            return shown
        url = f"?texts_before={revisions[-1].version}"
        more = gettext("And %d more.") % hidden
        return shown + format_html('<p><a href="{}">{}</a></p>', url, more)

    @admin.display(description=_("reactions"))
    def who_reacted(self, message):
        """Show who has put which emoji under a message, in that order."""
        put = Reaction.objects.filter(room_id=message.room_id, seq=message.seq)
        names: dict[str, list[str]] = {}
        for emoji, name in put.values_list("emoji", "person__name")[:PEOPLE_SHOWN]:
            names.setdefault(emoji, []).append(name)
        rows = [(emoji, ", ".join(people)) for emoji, people in names.items()]
        shown = format_html_join("", '<p dir="auto">{} {}</p>', rows) or "-"
        if (hidden := put.count() - PEOPLE_SHOWN) <= 0:
            return shown
        return shown + format_html("<p>{}</p>", gettext("And %d more.") % hidden)

    @admin.display(description=_("number in its room"))
    def number(self, message):
        return message.seq

    @admin.display(description=_("text"))
    def text(self, message):
        shown = Truncator(message.body).chars(SHOWN)
        return format_html('<span dir="auto">{}</span>', shown)

    @admin.display(description=_("deleted"))
    def deleted(self, message):
        return yes_or_no(message.is_deleted, "deleted", gettext("Deleted"))

    @admin.action(description=_("Delete, so that nobody can read them"), permissions=["moderate"])
    def delete_messages(self, request, queryset):
        shown = queryset.filter(deleted_at__isnull=True)
        self.change_each(request, shown, delete, DELETED)

    @admin.action(
        description=_("Restore, so that everybody can read them"), permissions=["moderate"]
    )
    def restore_messages(self, request, queryset):
        deleted = queryset.filter(deleted_at__isnull=False)
        self.change_each(request, deleted, restore, RESTORED)

    def get_object(self, request, *args, **kwargs):
        """Return a message, with the version that the earlier texts shown come before."""
        if message := super().get_object(request, *args, **kwargs):
            before = request.GET.get("texts_before", "")
            message.texts_before = int(before) if NUMBER.fullmatch(before) else None
        return message

    def render_change_form(self, request, context, *args, **kwargs):
        """Show a message with a button that deletes or restores it, as the list's actions do."""
        context["may_moderate"] = self.has_moderate_permission(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def has_moderate_permission(self, request):
        return super().has_delete_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """Return False: a row is never removed, so that seqs have no gaps and ids stay taken."""
        return False


def delete(message: Message) -> None:
    """Delete a message and publish the change."""
    announce.message_changed(log.delete(message.pk))


def restore(message: Message) -> None:
    """Restore a deleted message and publish the change."""
    announce.message_changed(log.restore(message.pk))
