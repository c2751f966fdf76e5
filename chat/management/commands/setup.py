import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from chat.management import keys
from chat.management.locks import setup_lock
from chat.management.migrating import check_version, due_migrations, migrate, must_wait
from chat.management.preconditions import wait_for_database
from chat.management.storage import (
    check_open_files,
    check_storage,
    check_writes,
    refusing_what_fails,
)
from chat.models import Configuration, Person, Room


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
        parser.add_argument(
            "--wait", action="store_true", help="Wait for a database that does not answer."
        )
        parser.add_argument(
            "--beside",
            action="store_true",
            help="Leave out migrations that an older version, still running, could fail after.",
        )
        parser.add_argument(
            "--replace-key",
            action="store_true",
            help="Go on with another SECRET_KEY than before, though that one is lost.",
        )

    def handle(self, *args, wait: bool, **options):
        check_open_files()
        check_storage()
        with refusing_what_fails():
            if wait:
                wait_for_database()
            check_version()
            with setup_lock():
                self.prepare(**options)
        check_writes()
        self.stdout.write(f"Database: {describe_database()}")
        self.stdout.write(f"Layer: {describe_layer()}")

    def prepare(self, *, admin: bool, static: bool, beside: bool, replace_key: bool, **options):
        if beside and must_wait(due_migrations()):
            self.stdout.write(
                "Migrations: left to the restart, as the running version could fail after them."
            )
        else:
            migrate()
            if replace_key:
                keys.replace_key()
            # The version that is running may yet be started again, with its key.
            keys.check_key(keep=not beside)
            self.create_default_room()
            Person.objects.store_missing_starts()
        if static:
            call_command("collectstatic", if_changed=True, interactive=False, verbosity=0)
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


def describe_database() -> str:
    """Return which database is in use, without its password."""
    config = settings.DATABASES["default"]
    if "sqlite3" in config["ENGINE"]:
        return f"SQLite {connection.Database.sqlite_version}, {config['NAME']}"
    return f"PostgreSQL, {config['NAME']} on {config['HOST'] or 'this machine'}"


def describe_layer() -> str:
    """Return what carries hints between the processes."""
    return "Redis" if settings.REDIS_URL else "in memory"
