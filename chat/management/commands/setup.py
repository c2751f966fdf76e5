import fcntl
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from chat.management.preconditions import check_database, check_folder
from chat.models import Configuration, Room


class Command(BaseCommand):
    """Prepare what a server needs: the tables, the default room, and what the options ask for."""

    help = "Migrate the database and create the default room."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--admin",
            action="store_true",
            help="Create an admin with a random password, shown once, where there is no user yet.",
        )
        parser.add_argument(
            "--static", action="store_true", help="Collect the static files in DATA_DIR."
        )

    def handle(self, *args, admin: bool, static: bool, **options):
        check_database()
        with one_at_a_time(settings.DATA_DIR):
            self.prepare(admin, static)
        self.stdout.write(f"Database: {describe_database()}")
        self.stdout.write(f"Layer: {describe_layer()}")

    def prepare(self, admin: bool, static: bool):
        call_command("migrate", verbosity=0)
        if static:
            call_command("collectstatic", interactive=False, verbosity=0)
        self.create_default_room()
        if admin and not get_user_model().objects.exists():
            self.create_admin()

    def create_default_room(self):
        slug = Configuration.load().default_room
        Room.objects.get_or_create(slug=slug, defaults={"name": slug.replace("-", " ").title()})

    def create_admin(self):
        password = secrets.token_urlsafe(12)
        get_user_model().objects.create_superuser("admin", password=password)
        self.stdout.write(f"Admin: sign in at /admin/ as admin with the password {password}")
        self.stdout.write("       (shown only this once; change it there)")


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Lock a file in `folder`, so that one process of this host at a time runs the block.

    Two that migrate at once, or collect files into one folder, would break each other.
    """
    check_folder(folder)
    with (folder / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def describe_database() -> str:
    """Return which database is in use, without its password."""
    config = settings.DATABASES["default"]
    if "sqlite3" in config["ENGINE"]:
        return f"SQLite, {config['NAME']}"
    return f"PostgreSQL, {config['NAME']} on {config['HOST'] or 'this machine'}"


def describe_layer() -> str:
    """Return what carries hints between the processes."""
    return "Redis" if settings.REDIS_URL else "in memory"
