from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.people import Person
from chat.models.rooms import Room


class Reaction(models.Model):
    """An emoji that a person has put under a message; their order is that of the ids.

    It names the message by room and seq, as a Revision does. `Message.reactions` counts them.
    """

    # Without indexes of their own: the constraint's begins with the room, and nothing is looked up
    # by the person alone.
    room = models.ForeignKey(
        Room, on_delete=models.CASCADE, related_name="+", db_index=False, verbose_name=_("room")
    )
    seq = models.PositiveBigIntegerField()
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    emoji = models.CharField(_("emoji"), max_length=64)

    class Meta:
        verbose_name, verbose_name_plural = _("reaction"), _("reactions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "seq", "person", "emoji"], name="one_reaction_a_person"
            ),
        ]

    def __str__(self):
        return f"{self.person} {self.emoji}"
