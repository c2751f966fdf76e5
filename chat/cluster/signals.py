"""Signal handlers: the connections of a person end when their account or session changes.

Django changes both in many places: the pages, the admin, commands. Each signal becomes a hint to
every process, which then checks for itself. `QuerySet.update` sends no signal; the poll of all
sessions finds what it changed (chat/live/clock.py).
"""

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone

from chat.cluster import announce

# The fields that decide whether a session is still valid.
DECISIVE = {"password", "is_active"}


def connect() -> None:
    """Connect the handlers."""
    user = get_user_model()
    post_delete.connect(on_session_deleted, sender=Session, dispatch_uid="chat")
    post_save.connect(on_user_saved, sender=user, dispatch_uid="chat")
    pre_delete.connect(on_user_deleted, sender=user, dispatch_uid="chat")


def on_session_deleted(instance: Session, **kwargs) -> None:
    """Announce that somebody signed out, or changed their password, which replaces the session."""
    # One that expired was noticed before; they are cleared by the thousand.
    if instance.expire_date > timezone.now():
        user_id = instance.get_decoded().get(SESSION_KEY)
        if user_id:
            announce.account_changed(user_id)


def on_user_saved(instance, created: bool, update_fields, **kwargs) -> None:
    """Announce that somebody's password may have changed, or their account been deactivated."""
    if not created and (update_fields is None or DECISIVE & set(update_fields)):
        announce.account_changed(instance.pk)


def on_user_deleted(instance, **kwargs) -> None:
    """Announce that an account is deleted; before it is, while its person is known by it."""
    announce.account_changed(instance.pk)
