"""Who belongs to a room, and how they came in."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.people import Person, token_digest
from chat.models.rooms import Room


class Membership(models.Model):
    """A person's place in a room: their role, how far they have read, what they want to hear of.

    Who is banned keeps the row: it says that they may not come in again.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MODERATOR = "moderator", _("Moderator")
        MEMBER = "member", _("Member")
        READER = "reader", _("Reader")

    class Level(models.TextChoices):
        EVERYTHING = "everything", _("Everything")
        MENTIONS = "mentions", _("Mentions")
        NOTHING = "nothing", _("Nothing")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="memberships")
    # The constraint's index begins with it.
    person = models.ForeignKey(
        Person,
        on_delete=models.CASCADE,
        related_name="memberships",
        db_index=False,
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=9, choices=Role, default=Role.MEMBER)
    last_read = models.PositiveBigIntegerField(default=0, editable=False)
    level = models.CharField(
        _("level"), max_length=10, choices=Level, default=Level.EVERYTHING, editable=False
    )
    hidden = models.BooleanField(default=False, editable=False)
    banned_at = models.DateTimeField(_("banned at"), null=True, blank=True, editable=False)
    invitation = models.ForeignKey(
        "Invitation",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="memberships",
        verbose_name=_("invitation"),
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("membership"), _("memberships")
        ordering = ["room", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "room"], name="one_membership_a_room")
        ]

    def __str__(self):
        return f"{self.person} ({self.get_role_display()})"


class Invitation(models.Model):
    """A link by which people become members of rooms; the code in it is not kept."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    rooms = models.ManyToManyField(Room, related_name="invitations", verbose_name=_("rooms"))
    role = models.CharField(
        _("role"), max_length=9, choices=Membership.Role, default=Membership.Role.MEMBER
    )
    max_uses = models.PositiveIntegerField(_("uses at most"), null=True, blank=True)
    uses = models.PositiveIntegerField(_("uses"), default=0, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name, verbose_name_plural = _("invitation"), _("invitations")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.created_by}, {self.created_at:%Y-%m-%d}"

    @staticmethod
    def new_code() -> str:
        """Return a code that nobody can guess: 128 bits."""
        return secrets.token_urlsafe(16)

    @staticmethod
    def digest_of(code: str) -> str:
        """Return what is kept of a code."""
        return token_digest(code)

    @property
    def is_open(self) -> bool:
        """Whether somebody can still come by it."""
        used_up = self.max_uses is not None and self.uses >= self.max_uses
        return self.revoked_at is None and self.expires_at > timezone.now() and not used_up
