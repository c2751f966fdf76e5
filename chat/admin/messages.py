from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator

from chat import log
from chat.admin.filters import MessageFilter, MessageFilterForm
from chat.admin.lists import MAX_LISTED, ListAdmin, SetFilter, yes_or_no
from chat.cluster import announce
from chat.models import Message

# Characters of a message in the list: enough to see what was meant.
SHOWN = 300


class DeletedFilter(SetFilter):
    title = parameter_name = "deleted"
    field = "deleted_at"


@admin.register(Message)
class MessageAdmin(ListAdmin):
    """Messages, to read, delete and restore; only chat.log changes them.

    A deleted message keeps its row and can be read here. The permission to delete messages
    includes restoring them.
    """

    lists_times = shows_times = True
    fields = ["whole_text", "author", "room", "number", "created_at", "edited_at", "deleted_at"]
    readonly_fields = ["whole_text", "number"]
    list_display = ["text", "writer", "room", "created_at", "deleted"]
    list_filter = [MessageFilter, DeletedFilter]
    list_select_related = ["room", "author"]
    # The order in which messages were written; unlike their times it has an index.
    ordering = ["-pk"]
    sortable_by = []
    search_fields = ["body", "author__name"]
    search_help_text = (
        f"Looks at texts and authors. The list ends after the newest {MAX_LISTED:,} that fit."
    )
    actions = ["delete_messages", "restore_messages"]

    @property
    def media(self):
        return super().media + MessageFilterForm().media

    @admin.display(description="author")
    def writer(self, message):
        url = reverse("admin:chat_person_change", args=[message.author_id])
        return format_html('<a href="{}">{}</a>', url, message.author)

    @admin.display(description="text")
    def whole_text(self, message):
        return message.body

    @admin.display(description="number in its room")
    def number(self, message):
        return message.seq

    @admin.display
    def text(self, message):
        shown = Truncator(message.body).chars(SHOWN)
        return format_html('<span dir="auto">{}</span>', shown)

    @admin.display
    def deleted(self, message):
        return yes_or_no(message.is_deleted, "Deleted")

    @admin.action(description="Delete, so that nobody can read them", permissions=["moderate"])
    def delete_messages(self, request, queryset):
        shown = queryset.filter(deleted_at__isnull=True)
        self.change_each(request, shown, delete, "deleted")

    @admin.action(description="Restore, so that everybody can read them", permissions=["moderate"])
    def restore_messages(self, request, queryset):
        deleted = queryset.filter(deleted_at__isnull=False)
        self.change_each(request, deleted, restore, "restored")

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
