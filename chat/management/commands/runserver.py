import os

from daphne.management.commands.runserver import Command as DaphneRunserver
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from chat.management.addresses import bracketed, is_loopback, is_wildcard, outer_address, own_names
from chat.management.backpressure import BackpressureServer
from chat.management.preconditions import check_port


class Command(DaphneRunserver):
    """Daphne's runserver, which also prints the site's address and admits the local network."""

    server_cls = BackpressureServer

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--setup", action="store_true", help="Prepare the database and a first admin before."
        )

    def run(self, *, setup: bool, **options):
        """Start; first make sure that the port is free, but not on each restart by the reloader."""
        if DJANGO_AUTORELOAD_ENV not in os.environ:
            check_port(self.addr, int(self.port))
            if setup:
                call_command("setup", admin=True)
                connection.close()  # From now on this process only watches the files.
        super().run(**options)

    def inner_run(self, *args, **options):
        if settings.DEBUG and not is_loopback(self.addr):
            self.admit_network()
        host = outer_address() if is_wildcard(self.addr) else bracketed(self.addr)
        self.stdout.write(f"\nChatsite is at http://{host}:{self.port}/\n\n")
        super().inner_run(*args, **options)

    def admit_network(self):
        """Accept this machine's names as hosts, and turn off Django's error pages for strangers.

        Those pages show the settings. Static files are not affected: settings.py has decided
        already how they are served.
        """
        settings.ALLOWED_HOSTS = settings.ALLOWED_HOSTS or own_names(self.addr)
        settings.DEBUG = False
