from django.db import models

from chat.models.people import Person
from chat.models.rooms import Room


class Notice(models.Model):
    """That a message means somebody who need not be in its room: it mentions them, or replies to
    them. Without a person, it means everybody who belongs to the room.

    What is not read yet is derived: those after the membership's `last_read`.
    """

    class Why(models.TextChoices):
        MENTION = "mention"
        REPLY = "reply"

    # Without indexes of their own: those below begin with them.
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    seq = models.PositiveBigIntegerField()
    why = models.CharField(max_length=7, choices=Why)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room", "seq", "person"], name="one_notice_a_message")
        ]
        indexes = [models.Index(fields=["person", "room", "seq"], name="notices_of_people")]

    def __str__(self):
        return f"{self.person or 'everybody'}: {self.room} {self.seq}"
