import hashlib
import secrets
from collections.abc import Collection
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from chat.models.rooms import Room
from chat.rules.errors import ChatError
from chat.rules.finding import starts
from chat.rules.lookalikes import MAX_KEY, skeleton_key, skeleton_keys
from chat.rules.names import (
    MAX_NAME,
    TakenNames,
    clean_name,
    former,
    name_key,
    name_of_account,
    variant,
    variants,
)


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

    def bots_of(self, room_id: int):
        """Return the bots that belong to a room."""
        return self.filter(
            kind=Person.Kind.BOT, memberships__room=room_id, memberships__banned_at=None
        )

    def active(self):
        """Return those who can do anything: not the blocked, nor members of a closed account."""
        is_member = models.Q(kind=Person.Kind.MEMBER)
        return self.filter(~is_member | models.Q(user__is_active=True), blocked_at=None)

    def reachable(self):
        """Return the members and bots whom other members may mention and write to."""
        has_account = models.Q(kind=Person.Kind.MEMBER, user__is_active=True)
        return self.filter(has_account | models.Q(kind=Person.Kind.BOT), blocked_at=None)

    def beginning_as(self, text: str, *, is_whole: bool):
        """Return the members and bots whose name begins as `text`, or a later word of it, which is
        folded, by what they are found by; whom several words match comes several times."""
        first = text.encode(errors="replace")
        # No character begins with this byte.
        begins_so = {"name_starts__text__gte": first, "name_starts__text__lt": first + b"\xff"}
        found = self.filter(name_starts__is_whole=is_whole, **begins_so)
        return found.order_by("name_starts__text", "name_starts__person_id")

    def store_missing_starts(self) -> None:
        """Store what names begin as where it is not: of people whom an older release made."""
        named = self.exclude(kind=Person.Kind.GUEST).filter(name_starts=None).order_by()
        while some := named[:1000]:
            NameStart.objects.bulk_create(start for person in some for start in person.starts())

    def names_taken(self, names: Collection[str]) -> set[str]:
        """Return those of `names` that a member has, or one that looks the same, in one query."""
        members = self.members().order_by().values_list("name", flat=True)
        same = members.filter(name_key__in={name_key(name) for name in names})
        alike = members.filter(skeleton__in=set().union(*map(skeleton_keys, names)))
        # Of two conditions with OR between them SQLite uses neither index.
        taken = TakenNames(same.union(alike))
        return {name for name in names if name in taken}

    def make_member(self, user) -> "Person":
        """Return the person of an account, made with a name that is free: its username, or that
        with a number."""
        while True:
            name = self.free_name(name_of_account(user.get_username()))
            try:
                with transaction.atomic():
                    return self.create(name=name, kind=Person.Kind.MEMBER, user=user)
            except IntegrityError:
                # Another request made this user's person, or took the name.
                if person := self.filter(user=user).first():
                    return person
                if not self.names_taken([name]):
                    raise

    def free_name(self, wanted: str) -> str:
        """Return `wanted`, or the first of its variants that no member has."""
        candidates = variants(wanted)
        while True:
            some = list(islice(candidates, 10))
            taken = self.names_taken(some)
            if free := next((name for name in some if name not in taken), None):
                return free


class Person(models.Model):
    """Who writes: a guest, a member (who has an account), or a bot."""

    class Kind(models.TextChoices):
        GUEST = "guest", _("Guest")
        MEMBER = "member", _("Member")
        BOT = "bot", _("Bot")

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    name = models.CharField(_("name"), max_length=MAX_NAME, validators=[validate_name])
    name_key = models.CharField(max_length=MAX_KEY, db_index=True, editable=False)
    # Where it is empty, a release before it has stored the name: its key alone is compared.
    skeleton = models.CharField(max_length=MAX_KEY, db_default="", editable=False)
    kind = models.CharField(
        _("kind"), max_length=8, choices=Kind, default=Kind.GUEST, editable=False
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="person",
        verbose_name=_("account"),
    )
    token_digest = models.CharField(max_length=64, unique=True, null=True, editable=False)
    blocked_at = models.DateTimeField(_("blocked at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["name_key"],
                condition=models.Q(kind="member"),
                name="member_names_are_unique",
                violation_error_message=_(
                    "A member has this name, or one that looks like it. Choose another."
                ),
            )
        ]
        indexes = [
            models.Index(
                fields=["blocked_at"],
                condition=models.Q(blocked_at__isnull=False),
                name="blocked_people",
            ),
            models.Index(
                fields=["skeleton"], condition=models.Q(kind="member"), name="looks_of_members"
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, update_fields=None, **kwargs):
        """Update the keys that decide whether a name is taken together with the name."""
        self.set_keys()
        is_named = update_fields is None or "name" in update_fields
        if update_fields is not None and is_named:
            update_fields = {*update_fields, "name_key", "skeleton"}
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if is_named and self.kind != self.Kind.GUEST:
                self.name_starts.all().delete()
                NameStart.objects.bulk_create(self.starts())

    def set_keys(self) -> None:
        """Set the keys that follow from the name; `bulk_create` does not."""
        self.name_key, self.skeleton = name_key(self.name), skeleton_key(self.name)

    def starts(self) -> list["NameStart"]:
        """Return what the name begins as, to be stored; `bulk_create` does not."""
        whole, *words = starts(self.name)
        rows = [(whole, True), *((word, False) for word in words)]
        return [NameStart(person=self, text=t.encode(), is_whole=is_whole) for t, is_whole in rows]

    def rename(self, name: str) -> None:
        """Save another name, which the direct rooms of this person have in theirs."""
        self.name = name
        with transaction.atomic():
            self.save(update_fields=["name"])
            Room.objects.rename_direct(self)

    def follow_account(self, before: str, now: str) -> bool:
        """Adopt the name of a renamed account, and return whether the name changed.

        A name that an admin chose for the person stays.
        """
        if not self._is_named_after(before):
            return False
        others = Person.objects.exclude(pk=self.pk)
        self.rename(others.free_name(name_of_account(now)))
        return True

    def _is_named_after(self, username: str) -> bool:
        name = name_of_account(username)
        end = self.name.rpartition(" ")[2]
        return self.name == name or (end.isdecimal() and self.name == variant(name, int(end)))

    def retire(self) -> None:
        """Free the name, as the account is being deleted; the messages stay under another."""
        others = Person.objects.exclude(pk=self.pk)
        self.rename(others.free_name(former(self.name)))

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None

    @property
    def is_staff(self) -> bool:
        """Whether they moderate the site: an active account with access to the admin."""
        return self.user_id is not None and self.user.is_active and self.user.is_staff


class NameStart(models.Model):
    """What the name of a member or bot can be typed as: all of it, or from a word in it on.

    Folded, as bytes: every database compares those alike, so that an index finds what begins as
    what was typed.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_starts")
    text = models.BinaryField()
    is_whole = models.BooleanField()

    class Meta:
        # Two, as SQLite compares no flag by an index.
        indexes = [
            models.Index(
                fields=["text", "person"],
                condition=models.Q(is_whole=is_whole),
                name=f"names_by_{part}",
            )
            for part, is_whole in (("start", True), ("word", False))
        ]

    def __str__(self):
        return bytes(self.text).decode()
