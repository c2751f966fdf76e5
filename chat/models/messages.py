from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.people import Person
from chat.models.rooms import Room


class MessageQuerySet(models.QuerySet):
    def in_room(self, room_id: int):
        """Return a room's messages, with their authors in the same query."""
        return self.filter(room_id=room_id).select_related("author")


class Message(models.Model):
    """An entry of a room's log: the message as it is now, without its history.

    `seq` numbers messages without gaps; `version` is the room's version at the last change to
    this one. A deleted message keeps its row, so that its seq and its sender's id stay taken.
    """

    # Its own index is for the admin's list of a room, in the order of the ids. Without it SQLite
    # sorts the room: 13,000 messages in 70 ms, not 1 ms. Writing 20 would be 5 % quicker.
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="messages", verbose_name=_("room")
    )
    seq = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField()
    first_version = models.PositiveBigIntegerField(
        help_text="The version it was acknowledged with, told again to whoever repeats it."
    )
    author = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="messages", verbose_name=_("author")
    )
    client_id = models.CharField("sender's id", max_length=64)
    body = models.TextField()
    created_at = models.DateTimeField(_("created at"))
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    reactions = models.TextField(
        null=True,
        editable=False,
        help_text="As JSON, as clients are sent them: a page is read without counting.",
    )
    reply_to = models.PositiveBigIntegerField(
        _("reply to"), null=True, help_text="The seq of the message that this one replies to."
    )
    format = models.CharField(max_length=8, null=True)
    mentions = models.TextField(
        null=True, editable=False, help_text="The keys of people, with spaces between them."
    )
    mentioned_as = models.TextField(
        null=True, editable=False, help_text="Their names in the text, a line each."
    )
    mentions_all = models.CharField(max_length=4, null=True, editable=False)

    # As in a StoredMessage: who needs these reads the log.
    original = None
    mentioned = ()

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("message"), _("messages")
        ordering = ["room", "-seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_a_number"),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"], name="one_message_a_sent_id"
            ),
        ]
        indexes = [models.Index(fields=["room", "version"], name="changes_of_a_room")]

    def __str__(self):
        return f"{self.author}: {self.body[:40]}"

    @property
    def is_deleted(self) -> bool:
        return self.deleted_at is not None


class Revision(models.Model):
    """A text that a message had until its author edited it, kept for moderators.

    It names the message by room and seq: with a foreign key to it, deleting a room would read all
    its messages.
    """

    # The constraint's index begins with it.
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.PositiveBigIntegerField()
    version = models.PositiveBigIntegerField(help_text="The message's version with this text.")
    body = models.TextField(_("text"))
    replaced_at = models.DateTimeField(_("replaced at"))

    class Meta:
        verbose_name, verbose_name_plural = _("earlier text"), _("earlier texts")
        ordering = ["room", "seq", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "seq", "version"], name="one_revision_a_version"
            ),
        ]

    def __str__(self):
        return self.body[:40]
