import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.rules.errors import ChatError
from chat.rules.names import MAX_ROOM_NAME
from chat.rules.slugs import MAX_SLUG, slug_of


def new_epoch() -> str:
    """Return the name of an epoch, one lifetime of a room's log.

    A client that resumes with another epoch starts anew: its versions belong to another log.
    """
    return secrets.token_urlsafe(6)


def validate_slug(value: str) -> None:
    """Raise ValidationError for a slug that no typed room name leads to."""
    try:
        proper = slug_of(value)
    except ChatError as error:
        raise ValidationError(error.message) from error
    if proper != value:
        raise ValidationError(
            gettext("Use small letters, numbers and hyphens. “%(slug)s” would do."),
            params={"slug": proper},
        )


class RoomQuerySet(models.QuerySet):
    def visible(self, person):
        """Return the rooms that anybody may see."""
        return self.all()

    def locked(self, pks):
        """Return rooms locked for a write, in a fixed order, so that writers cannot deadlock.

        On SQLite the transaction itself is the lock (`BEGIN IMMEDIATE`).
        """
        return self.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)


class Room(models.Model):
    """A log of messages under an address; `version` counts changes, `last_seq` messages."""

    slug = models.CharField(
        _("address"),
        max_length=MAX_SLUG,
        unique=True,
        validators=[validate_slug],
        help_text=_("The last part of the room's link. Links to an old address stop working."),
    )
    name = models.CharField(_("name"), max_length=MAX_ROOM_NAME)
    topic = models.CharField(_("topic"), max_length=250, blank=True)
    closed = models.BooleanField(
        _("closed to writing"),
        default=False,
        help_text=_("People can join and read, but not write."),
    )
    epoch = models.CharField(max_length=32, default=new_epoch, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    last_seq = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("room"), _("rooms")
        ordering = ["name", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("room", args=[self.slug])
