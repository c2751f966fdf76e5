import os

from daphne.management.commands.runserver import Command as DaphneRunserver
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from chat.management.addresses import bracketed, is_loopback, is_wildcard, outer_address, own_names
from chat.management.backpressure import BackpressureServer
from chat.management.keys import check_key
from chat.management.migrating import check_version
from chat.management.preconditions import Refused, check_port
from chat.management.storage import check_open_files, check_storage, refusing_what_fails

# What Django allows by itself with DEBUG; no other site can go by these names.
LOOPBACK_NAMES = (".localhost", "127.0.0.1", "[::1]")


class Command(DaphneRunserver):
    """Daphne's runserver, which also prints the site's address and admits the local network."""

    server_cls = BackpressureServer

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--setup", action="store_true", help="Prepare the database and a first admin before."
        )

    def handle(self, *args, **options):
        """Serve under this machine's own names as well: Django refuses to start without any."""
        self.has_names = bool(settings.ALLOWED_HOSTS)
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, *LOOPBACK_NAMES]
        super().handle(*args, **options)

    def run(self, *, setup: bool, **options):
        """Start; first make sure that the port is free, but not on each restart by the reloader."""
        if DJANGO_AUTORELOAD_ENV not in os.environ:
            check_scheme()
            check_port(self.addr, int(self.port))
            self.prepare(setup)
            connection.close()  # From now on this process only watches the files.
        super().run(**options)

    def prepare(self, setup: bool):
        """Make what the server needs; without `setup`, leave the database as it is."""
        # Without DEBUG the static files are served from where they were collected.
        static = not settings.DEBUG
        if setup:
            call_command("setup", admin=True, static=static)
            return
        check_open_files()
        check_storage()
        with refusing_what_fails():
            check_version()
            check_key(keep=False)
            if static:
                call_command("collectstatic", if_changed=True, interactive=False, verbosity=0)

    def inner_run(self, *args, **options):
        if not is_loopback(self.addr):
            self.admit_network()
        host = outer_address() if is_wildcard(self.addr) else bracketed(self.addr)
        self.stdout.write(f"\nChatsite is at http://{host}:{self.port}/\n\n")
        super().inner_run(*args, **options)

    def admit_network(self):
        """Accept this machine's names as hosts, and turn off Django's error pages for strangers.

        Those pages show the settings. Static files are not affected: settings.py has decided
        already how they are served.
        """
        if not self.has_names:
            settings.ALLOWED_HOSTS = own_names(self.addr)
        settings.DEBUG = False


def check_scheme() -> None:
    """Raise Refused where the site has https: daphne would redirect every request for ever."""
    if settings.HTTPS:
        raise Refused(
            f"BASE_URL is {settings.BASE_URL}, and this serves plain http. Use bin/serve behind "
            "your web server, or remove BASE_URL to try the site here."
        )
