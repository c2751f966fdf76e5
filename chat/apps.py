from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.contrib.auth import apps as auth
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = _("Chat")
    default = True
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Register the system checks, which do so when imported; listen for changed accounts and
        new connections to the database."""
        from chat import checks  # noqa: F401
        from chat.cluster import signals as accounts
        from chat.models import search, usernames

        accounts.connect()
        usernames.allow_names()
        search.register_lookups()
        connection_created.connect(search.add_functions, dispatch_uid="chat")


class AccountsConfig(auth.AuthConfig):
    """Django's accounts, in plain words."""

    default = False
    verbose_name = _("Accounts")


class ChatAdminConfig(admin.AdminConfig):
    """Django's admin, with the chat's site."""

    default = False
    default_site = "chat.access.adminsite.ChatAdminSite"
