from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Register the system checks, which register themselves when imported."""
        from chat import checks  # noqa: F401
