"""Signal handlers: a person follows their account, and their connections end with a session.

Django changes both in many places: the pages, the admin, commands. Each signal becomes a hint to
every process, which then checks for itself. `QuerySet.update` sends no signal; the poll of all
sessions finds what it changed (chat/live/clock.py).
"""

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.utils import timezone

from chat.cluster import announce
from chat.models import Person

USERNAME = get_user_model().USERNAME_FIELD
# The fields that decide whether a session is still valid.
DECISIVE = {"password", "is_active"}


def connect() -> None:
    """Connect the handlers."""
    user = get_user_model()
    post_delete.connect(on_session_deleted, sender=Session, dispatch_uid="chat")
    pre_save.connect(before_user_saved, sender=user, dispatch_uid="chat")
    post_save.connect(on_user_saved, sender=user, dispatch_uid="chat")
    pre_delete.connect(on_user_deleted, sender=user, dispatch_uid="chat")


def on_session_deleted(instance: Session, **kwargs) -> None:
    """Announce that somebody signed out, or changed their password, which replaces the session."""
    # One that expired was noticed before; they are cleared by the thousand.
    if instance.expire_date > timezone.now():
        user_id = instance.get_decoded().get(SESSION_KEY)
        if user_id:
            announce.account_changed(user_id)


def before_user_saved(instance, raw: bool, update_fields, **kwargs) -> None:
    """Keep the username that an account had, where it may be another now."""
    instance.username_before = None
    if instance.pk and not raw and (update_fields is None or USERNAME in update_fields):
        stored = type(instance)._default_manager.filter(pk=instance.pk)
        instance.username_before = stored.values_list(USERNAME, flat=True).first()


def on_user_saved(instance, created: bool, raw: bool, update_fields, **kwargs) -> None:
    """Make the person of a new account, and rename that of a renamed one; announce that somebody's
    password may have changed, or their account been deactivated."""
    if created:
        if not raw:
            Person.objects.make_member(instance)
        return
    before, now = instance.username_before, instance.get_username()
    person = Person.objects.filter(user=instance).first() if before not in (None, now) else None
    if person and person.follow_account(before, now):
        announce.person_renamed(person)
    if update_fields is None or DECISIVE & set(update_fields):
        announce.account_changed(instance.pk)


def on_user_deleted(instance, **kwargs) -> None:
    """Free the name of a deleted account, and announce that it is gone; while its person is known
    by it."""
    if person := Person.objects.filter(user=instance).first():
        person.retire()
        announce.person_renamed(person)
    announce.account_changed(instance.pk)
