import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand

from chat.models import Configuration, Room


class Command(BaseCommand):
    """Prepare a migrated database: the default room and, if asked, a first admin."""

    help = "Create the default room and, with --admin on a site without users, an admin."

    def add_arguments(self, parser):
        parser.add_argument(
            "--admin",
            action="store_true",
            help="Create an admin with a random password, shown once, where there is no user yet.",
        )

    def handle(self, *args, admin: bool, **options):
        self.create_default_room()
        if admin and not get_user_model().objects.exists():
            self.create_admin()
        self.stdout.write(f"Database: {describe_database()}")
        self.stdout.write(f"Layer: {describe_layer()}")

    def create_default_room(self):
        slug = Configuration.load().default_room
        Room.objects.get_or_create(slug=slug, defaults={"name": slug.replace("-", " ").title()})

    def create_admin(self):
        password = secrets.token_urlsafe(12)
        get_user_model().objects.create_superuser("admin", password=password)
        self.stdout.write(f"Admin: sign in at /admin/ as admin with the password {password}")
        self.stdout.write("       (shown only this once; change it there)")


def describe_database() -> str:
    """Say which database is in use, without its password."""
    config = settings.DATABASES["default"]
    if "sqlite3" in config["ENGINE"]:
        return f"SQLite, {config['NAME']}"
    return f"PostgreSQL, {config['NAME']} on {config['HOST'] or 'this machine'}"


def describe_layer() -> str:
    """Say what carries hints between the processes."""
    return "Redis" if settings.REDIS_URL else "in memory"
