from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Register the system checks, which do so when imported; listen for changed accounts."""
        from chat import checks  # noqa: F401
        from chat.cluster import signals as accounts

        accounts.connect()
