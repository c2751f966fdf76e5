"""What an operator should hear about the settings, through `manage.py check`."""

import os

from django.conf import settings
from django.core import checks


@checks.register
def rate_limits_are_on(app_configs, **kwargs) -> list[checks.Warning]:
    """Without limits one person can fill every room; that is for benchmarks only."""
    if settings.CHAT_RATE_LIMITS:
        return []
    return [
        checks.Warning(
            "Rate limits are off: anybody can flood the rooms.",
            hint="Remove CHAT_RATE_LIMITS from the environment.",
            id="chat.W001",
        )
    ]


@checks.register
def several_processes_have_redis(app_configs, **kwargs) -> list[checks.Info]:
    """Processes on one database find each other's messages by polling when there is no Redis."""
    if settings.REDIS_URL or not _several_processes():
        return []
    return [
        checks.Info(
            "Without Redis a message takes up to two seconds from one process to another.",
            hint="Set REDIS_URL, and it takes milliseconds.",
            id="chat.I001",
        )
    ]


def _several_processes() -> bool:
    """Tell whether more than one process is asked for, or likely: a database on a server."""
    workers = os.environ.get("WEB_CONCURRENCY", "")
    on_a_server = "sqlite3" not in settings.DATABASES["default"]["ENGINE"]
    return on_a_server or (workers.isdecimal() and int(workers) > 1)
