import hashlib
import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from chat.rules.errors import ChatError
from chat.rules.names import MAX_NAME, clean_name, name_key


def new_public_id() -> str:
    """Return an identifier that reveals neither the person nor the number of people."""
    return secrets.token_urlsafe(9)


def token_digest(token: str) -> str:
    """Return the digest of a token: enough to recognise it, useless to a reader of the table."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def validate_name(value: str) -> None:
    """Raise ValidationError for what `clean_name` refuses."""
    try:
        clean_name(value)
    except ChatError as error:
        raise ValidationError(error.message) from error


class PersonQuerySet(models.QuerySet):
    def blocked(self):
        return self.filter(blocked_at__isnull=False)

    def members(self):
        return self.filter(kind=Person.Kind.MEMBER)


class Person(models.Model):
    """Who writes: a guest, a member (who has an account), or a bot."""

    class Kind(models.TextChoices):
        GUEST = "guest"
        MEMBER = "member"
        BOT = "bot"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    name = models.CharField(max_length=MAX_NAME, validators=[validate_name])
    name_key = models.CharField(max_length=4 * MAX_NAME, db_index=True, editable=False)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.GUEST, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="person",
    )
    token_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    blocked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                condition=models.Q(kind="member"),
                name="member_names_are_unique",
                violation_error_message="A member already has this name: choose another.",
            )
        ]
        indexes = [
            models.Index(
                fields=["blocked_at"],
                condition=models.Q(blocked_at__isnull=False),
                name="blocked_people",
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        """Update `name_key`, which decides whether a name is taken, together with the name."""
        self.name_key = name_key(self.name)
        if update_fields is not None and "name" in update_fields:
            update_fields = {*update_fields, "name_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None
