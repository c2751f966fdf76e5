from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from chat.models.rooms import validate_slug
from chat.rules.origins import InvalidOrigin, origin_or_none, parse_origin

WELCOME = gettext_noop("Pick a name and a room, and talk.")


def validate_origins(value: str) -> None:
    """Raise ValidationError for a list with a line that is no full origin."""
    errors = []
    for line in origin_lines(value):
        try:
            parse_origin(line)
        except InvalidOrigin as error:
            fault = gettext("“%(line)s” is no origin. %(remedy)s")
            errors.append(fault % {"line": line, "remedy": error.translated})
    if errors:
        raise ValidationError(errors)


def origin_lines(value: str) -> list[str]:
    """Return the entries of a list of origins: one a line, or several with spaces between."""
    return [entry for line in value.splitlines() for entry in entries_of(line)]


def entries_of(line: str) -> list[str]:
    """Return what stands between the spaces of a line; the line as it is where there are commas,
    so that a sentence can say what to do about it."""
    return [line.strip()] if "," in line or ";" in line else line.split()


def rate(default: float, label: str) -> models.FloatField:
    """Return a field for messages a second, with limits."""
    return models.FloatField(
        label,
        default=default,
        validators=[MinValueValidator(0.1), MaxValueValidator(10_000)],
    )


def burst(default: int, label: str) -> models.PositiveIntegerField:
    """Return a field for messages at once, with limits."""
    return models.PositiveIntegerField(
        label,
        default=default,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )


def sockets(default: int, label: str) -> models.PositiveIntegerField:
    """Return a field for connections at once, with limits."""
    return models.PositiveIntegerField(
        label,
        default=default,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )


class Configuration(models.Model):
    """The admin's settings for the whole site: one row."""

    site_name = models.CharField(_("site name"), max_length=60, default="Chatsite")
    welcome = models.CharField(
        _("welcome line"),
        max_length=200,
        blank=True,
        default=WELCOME,
        help_text=_("One line on the first page."),
    )
    guests_may_write = models.BooleanField(
        _("guests may write"),
        default=True,
        help_text=_("Otherwise only members can write, and guests can read."),
    )
    joining_creates_rooms = models.BooleanField(
        _("people can start rooms"), default=True, help_text=_("Otherwise only admins can.")
    )
    default_room = models.CharField(
        _("default room"),
        max_length=64,
        default="lobby",
        validators=[validate_slug],
        help_text=_("The address of the room that the first page offers."),
    )
    allowed_origins = models.TextField(
        _("allowed origins"),
        blank=True,
        validators=[validate_origins],
        help_text=_(
            "Other websites that may talk to this one, one full origin a line, "
            "such as https://example.org."
        ),
    )
    max_body = models.PositiveIntegerField(
        _("longest message"),
        default=4000,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("In characters."),
    )
    edit_hours = models.PositiveIntegerField(
        _("hours in which people may edit a message"),
        default=24,
        validators=[MaxValueValidator(24 * 366)],
        help_text=_("Counted from when they wrote it. With 0 nobody edits."),
    )
    socket_rate = rate(5, _("messages a second from one connection"))
    socket_burst = burst(20, _("messages at once from one connection"))
    person_rate = rate(10, _("messages a second from one person"))
    person_burst = burst(40, _("messages at once from one person"))
    address_rate = rate(50, _("messages a second from one network address"))
    address_burst = burst(200, _("messages at once from one network address"))
    person_sockets = sockets(10, _("connections at once from one person"))
    address_sockets = sockets(50, _("connections at once from one network address"))

    class Meta:
        verbose_name = verbose_name_plural = _("configuration")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_configuration")]

    def __str__(self):
        return gettext("Configuration")

    def save(self, *args, **kwargs):
        """Save as the only row."""
        self.pk = 1
        super().save(*args, **kwargs)

    def welcome_for(self, *, is_member: bool) -> str:
        """Return the line of welcome: what an admin wrote, else one that asks no member for a
        name."""
        if self.welcome != WELCOME:
            return self.welcome
        return gettext("Pick a room, and talk.") if is_member else gettext(WELCOME)

    @classmethod
    def load(cls) -> "Configuration":
        """Return the configuration, or its defaults if nothing was ever saved."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def edit_window(self) -> timedelta:
        """How long after it was written a message may be edited."""
        return timedelta(hours=self.edit_hours)

    def origins(self) -> frozenset[tuple[str, str, int]]:
        """Return the allowed origins, parsed for comparison; none of a line that is no origin, as
        one from an earlier release may be."""
        return frozenset(filter(None, map(origin_or_none, origin_lines(self.allowed_origins))))
