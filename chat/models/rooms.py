import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.rules.errors import ChatError
from chat.rules.names import MAX_ROOM_NAME, name_between
from chat.rules.slugs import MAX_SLUG, new_room_id, slug_of


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
    def open(self):
        """Return the rooms that anybody may read who is not banned there."""
        return self.filter(kind=Room.Kind.PUBLIC, password="")

    def moderated(self):
        """Return the rooms that admins look after: direct ones are between their people alone."""
        return self.exclude(kind=Room.Kind.DIRECT)

    def visible(self, person):
        """Return the rooms to show to `person`, None for somebody unknown, in two parts: the open
        ones, and others that they belong to; direct ones are listed elsewhere.

        With an OR between them no index would have them in the order of their names.
        """
        if person is None:
            return self.open(), self.none()
        banned = self.filter(memberships__person=person, memberships__banned_at__isnull=False)
        own = self.filter(memberships__person=person, memberships__banned_at=None)
        is_closed = models.Q(kind=Room.Kind.PRIVATE) | ~models.Q(password="")
        return self.open().exclude(pk__in=banned.values("pk")), own.filter(is_closed).moderated()

    def rename_direct(self, person):
        """Name the direct rooms of somebody after their people, as they are called now."""
        own = self.filter(kind=Room.Kind.DIRECT, memberships__person=person)
        # Of two who are renamed at once, the second waits, and reads both names.
        rooms = list(self.locked(own.values("pk")).prefetch_related("memberships__person"))
        for room in rooms:
            room.name = name_between(each.person.name for each in room.memberships.all())
        self.bulk_update(rooms, ["name"])

    def locked(self, pks):
        """Return rooms locked for a write, in a fixed order, so that writers cannot deadlock.

        On SQLite the transaction itself is the lock (`BEGIN IMMEDIATE`).
        """
        return self.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True)

    def locked_to_delete(self, pks):
        """Return rooms locked against everything that would refer to them, such as the membership
        of somebody who comes in."""
        return self.filter(pk__in=pks).order_by("pk").select_for_update()


class Room(models.Model):
    """A log of messages under an address; `version` counts changes, `last_seq` messages.

    `access` counts the changes of who may do what in it, so that every process notices them.
    """

    class Kind(models.TextChoices):
        PUBLIC = "public", _("Public")
        PRIVATE = "private", _("Private")
        DIRECT = "direct", _("Direct")

    public_id = models.CharField(
        max_length=32, unique=True, null=True, default=new_room_id, editable=False
    )
    slug = models.CharField(
        _("address"),
        max_length=MAX_SLUG,
        unique=True,
        validators=[validate_slug],
        help_text=_(
            "The last part of the room's link. An old one leads here until another room has it."
        ),
    )
    name = models.CharField(_("name"), max_length=MAX_ROOM_NAME)
    topic = models.CharField(_("topic"), max_length=250, blank=True)
    closed = models.BooleanField(
        _("closed to writing"),
        default=False,
        help_text=_("People can join and read, but not write."),
    )
    kind = models.CharField(
        _("kind"), max_length=7, choices=Kind, default=Kind.PUBLIC, db_default=Kind.PUBLIC
    )
    # A hash; empty where the room asks for none.
    password = models.CharField(
        max_length=128, blank=True, default="", db_default="", editable=False
    )
    access = models.PositiveBigIntegerField(default=0, db_default=0, editable=False)
    # Of a direct room: whom it is between, so that there is one.
    people_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    epoch = models.CharField(max_length=32, default=new_epoch, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False)
    last_seq = models.PositiveBigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("room"), _("rooms")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["name", "id"], name="rooms_by_name"),
            models.Index(
                fields=["name", "id"],
                condition=models.Q(kind="public", password=""),
                name="open_rooms_by_name",
            ),
        ]

    def __str__(self):
        """Return the name; of a direct room, which is named after its people, what it is."""
        return gettext("Direct") if self.kind == self.Kind.DIRECT else self.name

    def get_absolute_url(self):
        return reverse("room", args=[self.slug])


class Alias(models.Model):
    """A former address of a room, which leads to it until another room has it."""

    slug = models.CharField(max_length=MAX_SLUG, unique=True)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name, verbose_name_plural = _("former address"), _("former addresses")

    def __str__(self):
        return self.slug
