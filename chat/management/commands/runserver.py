import os

from daphne.management.commands.runserver import Command as DaphneRunserver
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV

from chat.management.addresses import bracketed, is_loopback, is_wildcard, outer_address, own_names
from chat.management.patience import PatientServer
from chat.management.refusals import refuse_taken_port


class Command(DaphneRunserver):
    """Daphne's runserver, which also says where the site is and lets the local network in."""

    server_cls = PatientServer

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument(
            "--setup", action="store_true", help="Prepare the database and a first admin before."
        )

    def run(self, *, setup: bool, **options):
        """Start, after making sure that the address can be had; the restarts on change do not."""
        if DJANGO_AUTORELOAD_ENV not in os.environ:
            refuse_taken_port(self.addr, int(self.port))
            if setup:
                call_command("setup", admin=True)
                connection.close()  # This process only watches the files from now on.
        super().run(**options)

    def inner_run(self, *args, **options):
        if settings.DEBUG and not is_loopback(self.addr):
            self.serve_the_network()
        host = outer_address() if is_wildcard(self.addr) else bracketed(self.addr)
        self.stdout.write(f"\nChatsite is at http://{host}:{self.port}/\n\n")
        super().inner_run(*args, **options)

    def serve_the_network(self):
        """Answer to this machine's names, and keep Django's error pages from strangers.

        Those show the settings. The static files are served as before: how was decided already.
        """
        settings.ALLOWED_HOSTS = settings.ALLOWED_HOSTS or own_names(self.addr)
        settings.DEBUG = False
