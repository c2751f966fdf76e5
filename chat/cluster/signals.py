"""What becomes of somebody's sockets when their account or their session changes.

Django changes both in many places: the pages, the admin, commands. So its signals are heard, each
told to every process, which then looks for itself. `QuerySet.update` sends none; the look at all
sessions finds what it changed (chat/live/server.py).
"""

from django.contrib.auth import SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete, post_save, pre_delete
from django.utils import timezone

from chat.cluster import announce

# What decides whether a session still is somebody's.
DECISIVE = {"password", "is_active"}


def connect() -> None:
    """Begin to listen."""
    user = get_user_model()
    post_delete.connect(on_session_deleted, sender=Session, dispatch_uid="chat")
    post_save.connect(on_user_saved, sender=user, dispatch_uid="chat")
    pre_delete.connect(on_user_deleted, sender=user, dispatch_uid="chat")


def on_session_deleted(instance: Session, **kwargs) -> None:
    """Somebody signed out, or changed their password, which gives them another session."""
    # One that expired was noticed before; they are cleared by the thousand.
    if instance.expire_date > timezone.now():
        user_id = instance.get_decoded().get(SESSION_KEY)
        if user_id:
            announce.account_changed(user_id)


def on_user_saved(instance, created: bool, update_fields, **kwargs) -> None:
    """Somebody's password may be another, or their account not active any more."""
    if not created and (update_fields is None or DECISIVE & set(update_fields)):
        announce.account_changed(instance.pk)


def on_user_deleted(instance, **kwargs) -> None:
    """An account goes. Heard before, while its person still is known by it."""
    announce.account_changed(instance.pk)
